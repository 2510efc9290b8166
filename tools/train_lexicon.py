"""Train seeds/vocab/lexicon.tsv: a linear model of character n-grams for short link texts.

    python tools/train_lexicon.py > seeds/vocab/lexicon.tsv

Everything it learns from is generated here from words written for this project: names of
trades and brands joined as spam joins them, and the link texts, headlines and column names of
ordinary government and news pages. Logistic regression by stochastic descent with L2 decay; a
fixed seed, so the same words give the same file.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

BRANDS = ["澳门威尼斯人", "澳门美高梅", "澳门金沙", "新葡京", "老葡京", "永利皇宫", "太阳城", "银河国际", "皇冠体育", "皇冠", "申博", "亚博", "凯发", "开云", "乐鱼", "华体会", "米乐", "爱游戏", "必威", "万博", "伟德", "韦德", "威廉希尔", "金宝博", "明升", "沙巴", "利记", "优乐国际", "吕氏贵宾会", "美狮贵宾会", "必赢", "千亿", "环亚", "博天堂", "大发", "星空", "天博", "欧宝", "半岛", "雷火", "多宝", "杏彩", "九游", "江南", "玛雅", "顶尖", "钻石", "登峰", "创世", "鸿运", "金鼎", "龙8", "尊龙", "凯旋门", "蓝冠", "恒大", "富博", "帝豪", "金冠", "乐虎", "老虎", "同升", "通博", "易发", "亿发", "澳门巴黎人", "澳门银河", "大三巴", "缅甸银河", "果敢", "华纳", "新锦江", "龙源", "福利来", "吉祥坊", "k8", "ag", "188", "bet"]
PRODUCTS = ["娱乐", "娱乐城", "娱乐平台", "娱乐场", "体育", "体育平台", "电子游戏", "电子游艺", "电玩城", "棋牌", "棋牌游戏", "真人", "真人娱乐", "真人荷官", "彩票", "彩票平台", "国际", "国际娱乐", "现金网", "现金直营", "捕鱼", "百家乐", "轮盘", "骰宝", "龙虎斗", "老虎机", "时时彩", "北京赛车", "六合彩", "快三", "飞艇", "电竞", "足球", "赛事", "投注", "下注", "网投", "贵宾厅", "赌场", "游戏", "集团", "亚洲"]
TAILS = ["网址", "网站", "官网", "官方网站", "开户", "注册", "登录", "登入", "登录入口", "代理", "代理网址", "下载", "app下载", "手机版", "最新网址", "备用网址", "技巧", "玩法", "开奖结果", "开奖直播", "平台网", "首页", "线路", "检测中心", "客服", "优惠", "送彩金", "返水", "计划", "预测", "走势图", "公司排名", "排行榜", "怎么样", "靠谱吗", "安卓版", "ios", "在线", "网页版", "管理系统登入", "正网", "赔率"]
PORN = ["国产", "欧美", "日韩", "亚洲", "久久", "精品", "无码", "综合", "一区", "二区", "三区", "中文字幕", "在线观看", "免费观看", "视频", "成人", "人妻", "熟女", "少妇", "自拍", "偷拍", "激情", "高清", "影院", "电影", "伊人", "丁香", "五月", "婷婷", "色", "av", "91", "99", "福利", "丝袜", "制服", "诱惑", "巨乳", "黄色", "毛片", "大片", "不卡", "免费", "网站", "网", "app", "污", "里番", "写真", "嫩", "爽", "香蕉", "大全", "播放", "小说", "乱", "艳", "淫", "a片", "国产精品", "久久精品", "欧美日韩", "精品国产", "一区二区三区", "在线视频", "自在现线", "综合网", "久久久久", "一级", "特级", "黄", "高潮", "调教", "私密", "直播", "做爱", "裸体", "色情", "情色"]
CLINICS = ["白癜风", "牛皮癣", "男科", "妇科", "癫痫", "人流", "无痛人流", "早泄", "阳痿", "不孕不育", "整形", "试管婴儿", "代孕", "银屑病", "痔疮", "性病", "皮肤病", "湿疣"]
CLINIC_TAILS = ["医院", "专科医院", "医院哪家好", "医院排名", "治疗费用", "多少钱", "哪里好", "最好的医院", "治疗方法", "机构", "公司", "中介", "价格表"]
SERVICES = ["搬家", "管道疏通", "开锁换锁", "空调维修", "防水补漏", "废品回收", "二手车抵押", "家电维修", "保洁", "打孔", "钻孔", "离婚律师", "讨债", "私家侦探", "网站优化", "seo", "推广", "发电机出租", "叉车出租", "招牌制作", "护栏", "钢结构", "塑料袋", "汽车贷款", "小额贷款", "无抵押贷款", "代办执照", "代理记账", "发票代开", "办证", "刻章", "学历提升", "论文代写", "代发论文", "毕业证办理", "文凭办理", "刷单", "兼职"]
SERVICE_TAILS = ["公司", "电话", "服务", "价格", "多少钱", "哪家好", "上门", "厂家", "批发", "报价", "中心", "师傅", "附近", "24小时", "联系方式", "加微信", "QQ", "平台", "网"]
PLACES = ["清岭", "云坪", "东禾", "兰河", "石桥", "北京", "上海", "济南", "广州", "深圳", "南宁", "成都", "武汉", "长沙", "郑州", "西安", "昆明", "大同", "房山", "集美", "晋安", "略阳", "永春", "太康", "定兴", "湖里", "云州", "襄城", "东兰"]
OFFICES = ["人民政府", "政府网", "政务服务网", "政务服务中心", "教育局", "财政局", "公安局", "自然资源局", "林业局", "卫生健康委员会", "统计局", "税务局", "民政局", "司法局", "文化和旅游局", "体育局", "发展和改革委员会", "人力资源和社会保障局", "住房和城乡建设局", "交通运输局", "农业农村局", "水利局", "应急管理局", "市场监督管理局", "医疗保障局", "生态环境局", "审计局", "信访局", "融媒体中心", "人民法院", "人民检察院", "纪委监委", "人大常委会", "政协", "总工会", "妇联", "残联", "团委", "红十字会", "公共资源交易中心", "图书馆", "博物馆", "文化馆", "第一中学", "人民医院", "中医院", "日报社", "新闻网", "晚报", "广播电视台", "体育中心", "气象局", "消防救援大队", "疾控中心", "行政审批局", "大数据局", "供电公司", "大学", "学院", "职业技术学院"]
OFFICE_TAILS = ["官网", "网站", "官方网站", "门户网站", "登录入口", "首页", "公告", "通知", "公示", "召开会议", "微信公众号", "网上办事大厅", "政务新媒体", "办事指南", "电话", "信箱", "局长信箱", "互动交流", "机构设置", "领导信息", "简介", "app", "手机版", "客户端下载", "在线办理", "查询系统", "平台"]
COLUMNS = ["首页", "新闻中心", "政务公开", "办事服务", "互动交流", "网站地图", "联系我们", "关于我们", "通知公告", "政策文件", "政策解读", "信息公开指南", "信息公开年报", "依申请公开", "领导之窗", "机构职能", "工作动态", "图片新闻", "视频新闻", "专题专栏", "热点专题", "乡镇动态", "部门动态", "县长信箱", "在线访谈", "民意征集", "网上调查", "常见问题", "下载中心", "资料下载", "表格下载", "招标采购", "中标公告", "公务员考试", "事业单位招聘", "招考信息", "成绩查询", "人事任免", "财政预决算", "三公经费", "统计数据", "数据开放", "走进清岭", "历史沿革", "自然地理", "风土人情", "旅游攻略", "特色美食", "投资指南", "招商引资", "营商环境", "乡村振兴", "教育", "卫生", "体育", "文化", "旅游", "交通", "社保", "就业", "住房", "税务", "天气预报", "列车时刻", "手机版", "无障碍浏览", "繁体版", "简体版", "English", "设为首页", "加入收藏", "打印本页", "关闭窗口", "上一篇", "下一篇", "更多", "返回顶部", "版权声明", "隐私声明", "友情链接", "法律声明", "微博", "微信", "客户端", "登录", "注册", "用户登录", "登录入口", "忘记密码", "网上办事大厅登录", "教师资格考试报名入口", "成绩查询入口", "报名系统官网", "考试中心官方网站", "志愿填报入口", "开奖公告", "福利彩票公益金", "体育彩票公益金使用情况", "全民健身中心", "体育场馆免费开放", "足球比赛", "篮球联赛", "体育赛事", "电子竞技", "动漫产业", "影视作品展播", "文化娱乐场所管理", "娱乐经营许可证", "网络游戏管理", "免费观看", "在线观看", "在线视频", "高清大图", "精品课程", "国产化", "成人教育", "成人高考", "亚洲运动会", "欧美市场", "日韩考察团", "综合新闻", "视频点播", "电影放映", "精品力作", "黄色预警", "暴雨黄色预警", "红色旅游", "中国政府网", "国务院", "新华网", "人民网", "央视网", "光明网", "中国新闻网", "今日头条", "腾讯网", "新浪网", "网易", "搜狐", "凤凰网", "百度", "高德地图", "站长统计", "51la统计", "支付宝", "12306", "中国移动", "中国电信", "中国联通", "国家电网", "中国邮政", "工商银行", "建设银行", "农业银行", "太阳能", "皇冠大酒店", "金沙江", "金沙遗址博物馆", "银河系", "永利村", "凯旋路", "太阳城社区", "威尼斯水城小区"]
VERBS = ["召开", "开展", "举办", "部署", "推进", "启动", "完成", "组织", "检查", "调研", "慰问", "学习", "落实", "加强", "做好", "印发", "公布", "发布", "参加", "督导"]
THINGS = ["义务教育优质均衡发展推进会", "春季防火工作", "校车安全专项检查", "老旧小区改造工程", "征兵工作", "强降雨防范应对工作", "招生入学工作", "课后服务工作", "双减工作", "乡村振兴示范点建设", "全民健身体育赛事", "农村饮水安全巩固提升工程", "扫黄打非专项行动", "打击网络赌博专项行动", "反诈宣传", "主题教育", "安全生产大检查", "疫情防控工作", "森林草原防灭火", "河长制", "防汛抗旱", "医保征缴", "养老服务", "志愿服务活动", "人居环境整治", "营商环境优化提升", "项目建设现场会", "高标准农田建设", "政府工作报告", "年度部门决算", "第三季度经济运行情况", "消防演练", "文艺汇演", "读书活动", "科普宣传", "普法宣传", "招商推介会", "体育彩票公益金项目", "电子商务进农村", "网络视频会议", "公立医院改革", "皮肤病义诊", "妇女健康检查", "白癜风患者救助", "汽车站搬迁", "出租车管理", "管道燃气改造", "空调设备采购"]
TITLES = ["关于{}的通知", "关于{}的公告", "关于{}的公示", "关于{}的实施意见", "{}实施方案", "{}情况通报", "{}年度总结", "{}新闻发布会", "图解：{}", "县长主持{}", "{}纪实"]
STEMS = "abcdefghijkmnpqrstuvwxyz23456789"


def one(rng: random.Random, words: list[str]) -> str:
    return rng.choice(words)


def betting(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.35:
        return one(rng, BRANDS) + one(rng, TAILS)
    if kind < 0.6:
        return one(rng, BRANDS) + one(rng, PRODUCTS)
    if kind < 0.85:
        return one(rng, BRANDS) + one(rng, PRODUCTS) + one(rng, TAILS)
    return one(rng, PRODUCTS[8:]) + one(rng, TAILS)


def erotic(rng: random.Random) -> str:
    return "".join(rng.sample(PORN, rng.randint(2, 5)))


def clinic(rng: random.Random) -> str:
    place = one(rng, PLACES) if rng.random() < 0.7 else ""
    return place + one(rng, CLINICS) + one(rng, CLINIC_TAILS)


def service(rng: random.Random) -> str:
    place = one(rng, PLACES) if rng.random() < 0.6 else ""
    return place + one(rng, SERVICES) + one(rng, SERVICE_TAILS)


def office(rng: random.Random) -> str:
    suffix = rng.choice(["县", "市", "区", "", "省"])
    tail = one(rng, OFFICE_TAILS) if rng.random() < 0.6 else ""
    return one(rng, PLACES) + suffix + one(rng, OFFICES) + tail


def column(rng: random.Random) -> str:
    first = one(rng, COLUMNS)
    return first + (one(rng, COLUMNS) if rng.random() < 0.15 else "")


def headline(rng: random.Random) -> str:
    place = one(rng, PLACES) + rng.choice(["县", "市", "区", "乡", "镇"])
    if rng.random() < 0.5:
        return place + one(rng, VERBS) + one(rng, THINGS)
    return one(rng, TITLES).format(one(rng, VERBS) + one(rng, THINGS))


def date_or_name(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return f"20{rng.randint(10, 26)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return one(rng, PLACES) + rng.choice(
        ["县", "市", "区", "镇", "乡", "村", "路", "街道", "小学", "火车站", "汽车站", "公园"]
    )


Maker = Callable[[random.Random], str]
SPAM: list[tuple[Maker, int]] = [(betting, 5000), (erotic, 4000), (clinic, 1000), (service, 1600)]
ORDINARY: list[tuple[Maker, int]] = [
    (office, 5000),
    (column, 3500),
    (headline, 7000),
    (date_or_name, 1500),
]
KEEP, EPOCHS, RATE, DECAY = 4000, 8, 0.5, 2e-6


def grams(text: str) -> list[str]:
    plain = f"^{text.lower()}$"
    return sorted({plain[i : i + n] for n in (1, 2, 3, 4) for i in range(len(plain) - n + 1)})


def train(examples: list[tuple[list[str], int]], rng: random.Random) -> dict[str, float]:
    weights: dict[str, float] = {"": 0.0}
    for epoch in range(EPOCHS):
        rng.shuffle(examples)
        rate = RATE / (1 + epoch)
        for found, label in examples:
            size = math.sqrt(len(found))
            total = weights[""] + sum(weights.get(g, 0.0) for g in found) / size
            error = label - 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
            weights[""] += 0.1 * rate * error
            for gram in found:
                old = weights.get(gram, 0.0)
                weights[gram] = old * (1 - DECAY) + rate * error / size
    return weights


def main() -> None:
    rng = random.Random(20261124)
    examples = [(grams(make(rng)), 1) for make, count in SPAM for _ in range(count)]
    examples += [(grams(make(rng)), 0) for make, count in ORDINARY for _ in range(count)]
    weights = train(examples, rng)
    bias = weights.pop("")
    kept = sorted(weights, key=lambda gram: (-abs(weights[gram]), gram))[:KEEP]
    print(
        "# Character n-grams of spam link texts and their weights (logistic, divided by the root of"
    )
    print(
        "# the number of n-grams). Written by tools/train_lexicon.py on generated text, 2026-11-24."
    )
    print(f"bias\t{bias:.3f}")
    for gram in sorted(kept):
        print(f"{gram}\t{weights[gram]:.2f}")


if __name__ == "__main__":
    main()

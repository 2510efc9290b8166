"""Texts like the examples score high, others low, whatever their script, order or topic."""

from __future__ import annotations

import heapq
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from archive import relevance
from archive.errors import FangzhiError
from archive.relevance import Examples
from archive.state import State
from crawler.discover import links
from crawler.links import like
from crawler.links.focus import Focus, column, is_article_like
from tests.web import mixed
from tests.web.hosts import site
from tests.web.texts import Story, stories

ROOT = Path(__file__).parents[1]
HOME = f"http://{mixed.HOST}/"
TOLD = {f"http://{mixed.HOST}{path}": story for path, story in mixed.placed().items()}
TOPICS = sorted({story.topic for story in TOLD.values()})


def text_of(story: Story) -> str:
    return relevance.compared(story.title, "\n".join(story.paragraphs))


def of_topic(topic: str, count: int) -> list[str]:
    """Stories that stand on no host."""
    return [text_of(s) for s in stories("LIKE", 120) if s.topic == topic][:count]


@pytest.fixture(scope="module")
def samples() -> Examples:
    return like.examples()


@settings(deadline=None)  # the first call reads the language model
@given(st.text(), st.text())
def test_every_score_is_between_0_and_1(text: str, context: str) -> None:
    model = relevance.learn(["全县“双减”工作推进会议召开", text])
    assert 0 <= model.score_text(text) <= 1
    assert 0 <= model.score_anchor(text, context) <= 1


def test_an_example_is_as_relevant_as_can_be(samples: Examples) -> None:
    for number in range(5):
        text = (ROOT / f"seeds/examples/{number:03d}.clean.txt").read_text("utf-8")
        assert samples.score_text(text) > 0.9


def test_each_sample_is_found_by_the_four_others() -> None:
    texts = [(ROOT / f"seeds/examples/{n:03d}.clean.txt").read_text("utf-8") for n in range(5)]
    for number, text in enumerate(texts):
        others = relevance.learn(texts[:number] + texts[number + 1 :])
        assert others.score_text(text) > 0.35


@pytest.mark.parametrize("topic", TOPICS)
def test_three_examples_of_any_topic_tell_it_from_all_others(topic: str) -> None:
    model = relevance.learn(of_topic(topic, 3))
    scores = {url: model.score_text(text_of(story)) for url, story in TOLD.items()}
    kept = {url for url, score in scores.items() if score >= 0.5}
    wanted = {url for url, story in TOLD.items() if story.topic == topic}
    assert len(kept & wanted) >= 0.9 * len(kept)
    assert len(kept & wanted) >= 0.6 * len(wanted)


def test_examples_of_two_topics_find_both() -> None:
    model = relevance.learn(of_topic("04_fangxun", 3) + of_topic("08_wenlv", 3))
    for url, story in TOLD.items():
        if story.topic not in ("04_fangxun", "08_wenlv"):
            assert model.score_text(text_of(story)) < 0.3, url
    for topic in ("04_fangxun", "08_wenlv"):
        found = [model.score_text(text_of(s)) for s in TOLD.values() if s.topic == topic]
        assert sum(score >= 0.3 for score in found) >= 0.7 * len(found)


def test_the_samples_find_their_topic_in_other_words(samples: Examples) -> None:
    # The invented articles share the topic with the samples and no sentence.
    scores = {url: samples.score_text(text_of(story)) for url, story in TOLD.items()}
    assert {url for url, score in scores.items() if score >= 0.1} == mixed.wanted()


def test_script_and_width_make_no_difference(samples: Examples) -> None:
    assert samples.score_text("全區「雙減」工作會議召開，學校減負") == pytest.approx(
        samples.score_text("全区“双减”工作会议召开,学校减负")
    )


def test_order_and_repeats_of_the_examples_make_no_difference() -> None:
    texts = of_topic("05_nongye", 4)
    assert relevance.learn(texts) == relevance.learn([*texts[::-1], texts[0]])


def test_a_model_goes_to_another_process_unchanged(samples: Examples) -> None:
    assert pickle.loads(pickle.dumps(samples)) == samples


def test_a_replay_learns_the_same_examples_again(samples: Examples) -> None:
    assert relevance.from_json(relevance.to_json(samples)) == samples
    assert relevance.learn(of_topic("05_nongye", 2)).digest != samples.digest
    changed = relevance.to_json(samples).replace("双减", "三减")
    with pytest.raises(ValueError, match="digest"):
        relevance.from_json(changed)


def test_what_holds_no_chinese_is_like_nothing() -> None:
    assert relevance.learn(["2021-09-11 GDP"]).score_text("全县会议") == 0.0
    assert relevance.learn(["全县会议"]).score_text("2021 GDP") == 0.0
    assert relevance.learn([]).score_text("全县会议") == 0.0


def test_anchors_of_the_topic_rank_before_others(samples: Examples) -> None:
    wanted = samples.score_anchor("全市“双减”工作推进会召开")
    assert wanted > samples.score_anchor("我县举办农民工专场招聘会")
    assert samples.score_anchor("召开工作会议", "双减工作") > samples.score_anchor("召开工作会议")
    assert samples.score_anchor("") == 0.0


def test_examples_may_be_pages_texts_and_folders(tmp_path: Path) -> None:
    page = (ROOT / "seeds/examples/001.txt").read_text("utf-8")
    paragraphs = "".join(f"<p>{line}</p>" for line in page.splitlines() if line)
    (tmp_path / "a.html").write_text(
        f"<html><body><h1>会议</h1>{paragraphs}</body></html>", "utf-8"
    )
    (tmp_path / "b.txt").write_text("全县防汛工作会议召开，部署山洪灾害防御。\n" * 3, "utf-8")
    (tmp_path / "b.clean.txt").write_text("not an example", "utf-8")
    model = like.examples([tmp_path])
    assert len(model.each) == 2
    clean = (ROOT / "seeds/examples/001.clean.txt").read_text("utf-8")
    assert model.score_text(clean) > 0.9


def test_examples_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(FangzhiError, match=r"nothing\.txt"):
        like.examples([tmp_path / "nothing.txt"])
    with pytest.raises(FangzhiError, match="no example files"):
        like.examples([tmp_path])
    (tmp_path / "latin.txt").write_text("only Latin letters here\n" * 20, "utf-8")
    with pytest.raises(FangzhiError, match="latin"):
        like.examples([tmp_path / "latin.txt"])


def crawled(focus: Focus | None, model: Examples) -> list[str]:
    """URLs of the mixed site in the order asked: by priority, or in the order found."""
    waiting, asked, order = [(0.0, 0, HOME, "")], {HOME}, []
    files = site(mixed.HOST).files
    while waiting:
        _, _, url, via = heapq.heappop(waiting)
        order.append(url)
        path = "/" + url.removeprefix(HOME)
        file = files.get(path + "index.html" if path.endswith("/") else path)
        if file is None or file.media != "text/html":
            continue
        if focus is not None and url in TOLD:
            focus.saw(url, model.score_text(text_of(TOLD[url])), via)
        source = file.body.decode()
        for link in links(html.fromstring(source), url, source):
            if link.url not in asked and link.url.startswith(HOME):
                asked.add(link.url)
                rank = -focus.priority(link.url, link.text, via=url) if focus else 0.0
                heapq.heappush(waiting, (rank, len(asked), link.url, url))
    return order


def test_wanted_articles_come_much_earlier_than_in_breadth_first_order(samples: Examples) -> None:
    def places(order: list[str]) -> list[int]:
        return [place for place, url in enumerate(order, 1) if url in mixed.wanted()]

    plain, focused = crawled(None, samples), crawled(Focus(samples), samples)
    assert sorted(plain) == sorted(focused)  # an order, not a filter
    assert len(places(focused)) == len(mixed.wanted())
    # 2026-11: 31 beside 106 of 199
    assert sum(places(focused)) < 0.4 * sum(places(plain))


def test_a_column_is_known_by_what_came_of_it(samples: Examples) -> None:
    focus = Focus(samples)
    new = "http://a.test/jyj/202109/t20210912_9.html"
    before = focus.priority(new, "关于转发有关文件的通知")
    for number in range(10):
        focus.saw(f"http://a.test/jyj/202109/t20210911_{number}.html", 0.8)
    assert focus.priority(new, "关于转发有关文件的通知") > before + 0.2
    assert focus.priority("http://a.test/jyj/index_2.html", "下一页") > 0.9


def test_what_a_run_saw_the_next_one_knows_and_other_examples_do_not(samples: Examples) -> None:
    state, focus, other = State(":memory:"), Focus(samples), relevance.learn(["防汛抗旱会议召开"])
    new, title = "http://a.test/jyj/202109/t20210912_9.html", "关于转发有关文件的通知"
    focus.recall(state)
    for number in range(10):
        focus.saw(f"http://a.test/jyj/202109/t20210911_{number}.html", 0.8, "http://a.test/jyj/")
        if number % 3 == 0:
            focus.keep(state)
    for examples in (samples, other):
        later = Focus(examples)
        later.recall(state)
        knows = later.priority(new, title) == focus.priority(new, title)
        assert knows == (examples is samples)


def test_the_day_is_no_part_of_a_column_and_a_list_is_no_article() -> None:
    assert column("http://a.test/art/2021/9/11/art_1229_12345.html") == "a.test/art"
    assert column("http://a.test/") == "a.test"
    assert column("http://a.test/contents/18118/12345.html") == "a.test/contents/18118"
    assert not is_article_like("http://a.test/jyj/")
    assert not is_article_like("http://a.test/xwzx_list_2.shtml")
    assert is_article_like("http://a.test/scedu/c1/2021/1/7/0123456789abcdef0123456789abcdef.shtml")
    assert is_article_like("http://a.test/show.php?id=12345")

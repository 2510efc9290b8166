"""Days: the forms they are written in, the day in a URL, the opening sentence's day."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.about import dates

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
TIMES = st.none() | st.times(time(0, 1), time(23, 59)).map(
    lambda t: t.replace(second=0, microsecond=0)
)
FORMS = (
    "{y}-{m:02}-{d:02}",
    "{y}年{m}月{d}日",
    "{y}/{m}/{d}",
    "{y}.{m:02}.{d:02}",
    "{y} 年 {m} 月 {d} 日",
)


@given(DAYS, TIMES, st.sampled_from(FORMS))
def test_a_written_day_is_read_back(day: date, at: time | None, form: str) -> None:
    written = form.format(y=day.year, m=day.month, d=day.day)
    written += f" {at:%H:%M}" if at else ""
    (found,) = dates.find(f"发布时间：{written}")
    assert (found.day, found.at) == (day, at)


@given(DAYS, TIMES)
def test_iso_is_a_fixed_point_of_parse(day: date, at: time | None) -> None:
    value = dates.iso(dates.Found(0, 0, day, at))
    assert dates.parse(value) == value


@given(st.text(alphabet="0123456789年月日-/.: T〇一二三十発上午", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert all(1 <= found.day.month <= 12 for found in dates.find(text))
    dates.parse(text)
    dates.find_short(text)
    dates.dateline(text)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2021-09-11T02:23:00Z", "2021-09-11T10:23:00+08:00"),
        ("2021-09-11T23:30:00-0500", "2021-09-12T12:30:00+08:00"),
        ("1631327000000", "2021-09-11T10:23:20+08:00"),
        ("1631327000", "2021-09-11T10:23:20+08:00"),
        ("20210911", "2021-09-11"),
        ("2007-08-20-23:59:59", "2007-08-20T23:59:59+08:00"),
        ("2022-01-28 00:00:00", "2022-01-28"),
        ("2019年06月15日08:18", "2019-06-15T08:18:00+08:00"),
        ("2018-03-0823:16", "2018-03-08T23:16:00+08:00"),
        ("民國101年1月17日", "2012-01-17"),
        ("二〇二一年九月十一日", "2021-09-11"),
        ("二○○九年十二月三十一日", "2009-12-31"),
        ("| 15-03-27 |", "2015-03-27"),
        ("2021-02-30", None),
        ("09-11", None),
        ("13812345678", None),
        ("", None),
    ],
)
def test_metadata_values_in_every_form(value: str, wanted: str | None) -> None:
    assert dates.parse(value) == wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://x.test/gzdt/202011/t20201124_65370001.html", "2020-11-24"),
        ("http://x.test/politics/2020-09/01/c_1126430001.htm", "2020-09-01"),
        ("http://x.test/art/2021/9/11/art_1229_40001.html", "2021-09-11"),
        ("http://x.test/a/202311/17/WS6557.html", "2023-11-17"),
        ("http://x.test/n1/2019/0615/c404000-1.html", "2019-06-15"),
        ("http://x.test/staticpages/20190114/x5c3b.html", "2019-01-14"),
        ("http://x.test/c100494/2021/1/7/abcdef.shtml", "2021-01-07"),
        ("http://x.test/content_12345678.html", None),
        ("http://x.test/list?date=2020-09-01", None),
        ("http://x.test/20201399/a.html", None),
    ],
)
def test_the_day_in_a_url(url: str, wanted: str | None) -> None:
    assert dates.url_date(url) == wanted


@given(DAYS)
def test_a_day_in_a_trs_url_is_read_back(day: date) -> None:
    if day >= date(2000, 1, 1):
        url = f"http://x.test/{day:%Y%m}/t{day:%Y%m%d}_123456.html"
        assert dates.url_date(url) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("11月30日上午，清河县召开教育工作会议。\n12月1日印发。", "XXXX-11-30"),
        ("2021年9月6日，清河县召开教育工作会议。", "2021-09-06"),
        ("本报讯（记者 张三）昨日，会议召开。", None),
        ("新华社北京8月11日电 会议召开。", "XXXX-08-11"),
        ("会议于今年召开。7月12 日下午，与会人员调研。", "XXXX-07-12"),
        ("提纲：\n自7月7日起，全县开展排查。", None),
        ("8月11日—13日，县里举办培训班。", "XXXX-08-11"),
        ("第11月30日不是日期，13月5日也不是。", None),
        ("", None),
    ],
)
def test_the_opening_paragraph_says_when(text: str, wanted: str | None) -> None:
    assert dates.dateline(text) == wanted


def test_beijing_is_eight_hours_ahead() -> None:
    assert dates.BEIJING.utcoffset(None) == timedelta(hours=8)

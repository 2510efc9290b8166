"""Spam inside the sentences of an article: brand tokens, adverts, abstracts, noise, whole pages.

brand_tokens   X R    a brand set between sentences, beside ： or in brackets          R9
adverts        X L    an advert with a contact spliced into a paragraph               R13
abstracts      X M    a line 文章摘要：/本文关键词： that names a trade                  R14
noise          N      emoji and bare pinyin between the characters of words           R10
searches       X M    a search page that repeats spam as its query
foreign_shops  X T    a page of Japanese shop words (the Japanese keyword hack)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from archive.chinese.anyof import any_of
from archive.chinese.variants import fold
from archive.farms import farmwords, lexicon
from archive.farms.farmitems import sentences, whole_lines
from archive.model import Change

_EDGE = re.compile(r"[\s。，,、：:；;！？!?“”‘’\"'《》〈〉【】\[\]（）()|_>＞<]")
_OPEN, _CLOSE = "‘【[（(“", "’】]）)”"
LONGEST_TOKEN = 24
MOST_HITS, MOST_TOKENS = 2000, 40  # bounds for hostile texts
_LINK = r"https?://[\w.\-/]+|www\.[\w.\-]+"
_NUMBER = r"[信]?\s*(?:号码?|群)?\s*[^\w\s。，]{0,2}\s*[A-Za-z0-9][\w\-]{4,20}"
_QQ_NUMBER = r"(?<![A-Za-z])[QqＱｑ](?:号)?\s*[：:＋+]?\s*[1-9]\d{4,10}(?!\d)"
_ADD_ME = r"[加\+＋][VvＶWw微薇威卫]"
_TWO_HAN = re.compile("[\u4e00-\u9fff]{2}")
_STOP = re.compile(
    r"[。！？；\n]|】|(?=[一二三四五六七八九十]{1,3}、)|(?=[（(][一二三四五六七八九十]{1,3}[）)])"
)
_EMOJI = "[\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001faff]\ufe0f?"
_ANY_EMOJI, _LONG_WORD = re.compile(_EMOJI), re.compile("[A-Za-z0-9][A-Za-z0-9]{19}")
_EMOJI_IN_WORD = re.compile(
    rf"(?<=[\u4e00-\u9fff，。、])[(（]?(?:{_EMOJI})+[)）]?(?=[\u4e00-\u9fff])"
)
_BARE_PINYIN = re.compile(r"(?<=[\u4e00-\u9fff])\([a-z]{1,6}\)(?=[\u4e00-\u9fff，。、；：）])")
_BOARD_LINE = re.compile(r"^[^\n]{0,20}IP属地[：:][^\n]{0,40}$", re.MULTILINE)
_RANDOM_TOKEN = re.compile(
    r"(?<![\w/.@\-=&?%])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{20,64}(?![\w/.@\-=&?%])"
)
_VOWELS = re.compile("[aeiouAEIOU]")
_SEARCH = re.compile(
    r"(?:搜索|检索|查询|站内搜)[^。\n]{0,12}(?:结果|关键[词字]|内容)|的(?:搜索|检索|查询)结果|(?:共找到|没有找到|未找到|未搜索到)[^。\n]{0,30}(?:结果|信息|内容|记录)"
)
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_FRONTS = frozenset(("gambling", "porn"))
_FRONT_WORDS = 4  # different words of the trade in such a text
EMOJI = 3  # places; one or two emoji between characters also occur in chat quoted by news


@cache
def _contact() -> re.Pattern[str]:
    """Where an advert is to be reached."""
    words = farmwords.words()["contact"]
    names = any_of((*words["chat"], "飞机", *words["telephone"]))
    return re.compile(f"{_QQ_NUMBER}|(?:{names}|{_ADD_ME}){_NUMBER}|{_LINK}")


@cache
def _chat() -> re.Pattern[str]:
    """Somebody to chat with, and no account or group of an office."""
    words = farmwords.words()["contact"]
    names = f"(?:{any_of(words['chat'])})(?!{any_of(words['office'])})"
    return re.compile(rf"{_QQ_NUMBER}|{names}|{_ADD_ME}|飞机[^\w\s。，]")


@cache
def _abstract() -> re.Pattern[str]:
    labels = any_of(farmwords.words()["generated"]["labels"])
    return re.compile(rf"^[ \t　]*(?:{labels})\s*[：:][^\n]*", re.MULTILINE)


@cache
def _shop() -> re.Pattern[str]:
    return re.compile(any_of(farmwords.words()["foreign"]["japanese"]))


def brand_tokens(text: str, title: str) -> Iterator[Change]:
    """Cut a brand that is set between sentences; report one that is the subject of sentences."""
    if not lexicon.listed(text):
        return
    prose = sentences(text)
    listed = ((_token(text, s, e), trade) for s, e, trade in lexicon.listed(text)[:MOST_HITS])
    tokens = {token: trade for token, trade in listed if len(token) <= LONGEST_TOKEN}
    for token, trade in list(tokens.items())[:MOST_TOKENS]:
        if text.count(token) < 2:
            continue
        if not lexicon.speaks_of(_without(prose, token) + title, trade):
            yield from _delimited(text, token, trade)
    yield from _subjects(text, title, prose)
    yield from _fronts(text, title)


def _token(text: str, start: int, end: int) -> str:
    """The word around a place, read no further than makes it too long to be a brand."""
    longest = LONGEST_TOKEN + 1
    while start > 0 and end - start < longest and not _EDGE.match(text[start - 1]):
        start -= 1
    while end < len(text) and end - start < longest and not _EDGE.match(text[end]):
        end += 1
    return text[start:end]


def _without(prose: str, token: str) -> str:
    return prose.replace(token, "")


def _delimited(text: str, token: str, trade: str) -> Iterator[Change]:
    spans = []
    for match in re.finditer(re.escape(token), text):
        before = text[max(0, match.start() - 1) : match.start()]
        after = text[match.end() : match.end() + 1]
        if before and before in _OPEN and after == _CLOSE[_OPEN.index(before)]:
            spans.append((match.start() - 1, match.end() + 1))
        elif after in {"：", ":"}:
            spans.append((match.start(), match.end() + 1))
    evidence = f"X {trade} {token}; R {text.count(token)} times, {len(spans)} set apart"
    for start, end in spans:
        yield Change(start, end, "", "R9-brand", evidence, 0.9, "link-farm")


def _subjects(text: str, title: str, prose: str) -> Iterator[Change]:
    counted = Counter(text[s:e] for s, e, trade in lexicon.listed(text) if trade == "gambling")
    for term, times in counted.items():
        if times < 3 or lexicon.speaks_of(prose.replace(term, "") + title, "gambling"):
            continue
        token = _common(text, term)
        places = [m.start() for m in re.finditer(re.escape(token), text)]
        inside = [p for p in places if _TWO_HAN.match(text, p + len(token))]
        spoken = prose.count(token)
        if len(inside) >= 3 and spoken >= 2 and len(token) >= 3:
            evidence = f"X gambling {token}; R subject of {len(inside)} clauses: left as it is"
            yield Change(
                places[0],
                places[0] + len(token),
                "",
                "brand-subject",
                evidence,
                0.9,
                "spam-page",
                False,
            )


def _fronts(text: str, title: str) -> Iterator[Change]:
    """Report a page that is a betting site's own front: its title names the trade, and so does every
    second line of a text that is full of its words and neither speaks about it nor tells of it.

    Right because no office's page is titled so; notices and news that quote such names speak of crime,
    lotteries or lawsuits. 彩票 alone is no such word here, for fronts sell 彩票 too. Cost: a page on a
    sponsor of that name, if it said nothing else.
    """
    kind = lexicon.trade(title)
    if kind not in _FRONTS:
        return
    words = {text[s:e] for s, e, trade in lexicon.offers(text) if trade == kind}
    lines = [line for line in text.split("\n") if line.strip()]
    named = sum(lexicon.offer(line) == kind for line in lines)
    about = (text + title).replace("彩票", "")
    if len(words) < _FRONT_WORDS or 2 * named < len(lines) or _tells(about):
        return
    if not lexicon.speaks_of(about, kind):
        evidence = f"X {kind}: the title and {named} of {len(lines)} lines; R {len(words)} names"
        yield Change(0, 0, "", "brand-subject", evidence, 0.9, "spam-page", False)


def _common(text: str, term: str) -> str:
    """The longest string around `term` that all its places in the text share."""
    places = [m.start() for m in re.finditer(re.escape(term), text)]
    left = 0
    while left < 8 and _shared(text, [p - left - 1 for p in places]):
        left += 1
    return text[places[0] - left : places[0] + len(term)]


def _shared(text: str, places: list[int]) -> bool:
    found = {text[p] if p >= 0 else "\n" for p in places}
    return len(found) == 1 and not _EDGE.match(found.pop())


def adverts(text: str, title: str) -> Iterator[Change]:
    """Cut an advert of a listed trade that gives a contact, from one stop to the next."""
    if not lexicon.offers(text):
        return
    prose = sentences(text)
    for start, end, trade in lexicon.offers(text)[:MOST_HITS]:
        left, right = _clause(text, start, end)
        advert = text[left:right]
        if len(advert) > 160 or not _contact().search(advert) or not _offers(advert):
            continue
        about = _without(prose, advert) + title + lexicon.heading(text)
        if _tells(advert) or lexicon.speaks_of(about, trade):
            continue
        line = text.rfind("\n", 0, left) + 1
        if re.fullmatch(r"\s*(?:[^\s：:]{1,6}[：:]|【[^】]{1,12}】)\s*", text[line:left]):
            left = line
        span = whole_lines(text, left, right)
        yield Change(
            *span, "", "R13-advert", f"X {trade}; L contact in the advert; T", 0.9, "link-farm"
        )


def _offers(advert: str) -> bool:
    """Whether a sentence with a contact sells: by a listed word, two of offers, or one with a name to
    chat with. One word of an offer and a telephone are a public service too (代办, 急用钱)."""
    words = {advert[start:end] for start, end, _ in lexicon.offers(advert)}
    return bool(lexicon.listed(advert)) or len(words) > 1 or bool(_chat().search(advert))


def _tells(advert: str) -> bool:
    """Whether a sentence tells of an offer, as police and papers do, instead of making it."""
    plain = fold(advert)
    return any(word in plain for word in farmwords.words()["announcing"]["told"])


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    stops = [m.end() for m in _STOP.finditer(text, max(0, start - 200), start)]
    left = stops[-1] if stops else max(text.rfind("\n", 0, start) + 1, 0)
    match = _STOP.search(text, end, end + 200)
    if match is None:
        return left, min(len(text), end + 200)
    return left, match.start() if match[0] in {"\n", ""} else match.end()


def abstracts(text: str, title: str) -> Iterator[Change]:
    """Cut the line of an abstract or of keywords that names a listed trade."""
    if not lexicon.listed(text):
        return
    prose = sentences(text)
    for match in _abstract().finditer(text):
        trades = {trade for _, _, trade in lexicon.listed(match[0])}
        kept = [t for t in trades if not lexicon.speaks_of(_without(prose, match[0]) + title, t)]
        if kept:
            span = whole_lines(text, *match.span())
            yield Change(
                *span,
                "",
                "R14-abstract",
                f"X {kept[0]}; M label of a generator; T",
                0.9,
                "link-farm",
            )


def noise(text: str, title: str) -> Iterator[Change]:
    """Cut emoji set between the characters of words, and the bare pinyin that comes with them."""
    emoji = list(_EMOJI_IN_WORD.finditer(text)) if _ANY_EMOJI.search(text) else []
    long = _LONG_WORD.search(text)
    tokens = [m for m in _RANDOM_TOKEN.finditer(text) if _is_random(m[0])] if long else []
    if len(emoji) < EMOJI:
        for token in tokens:
            yield Change(
                *token.span(), "", "random-token", f"N {len(token[0])} letters", 0.4, applied=False
            )
        return
    evidence = f"N {len(emoji)} emoji between characters"
    pinyin = list(_BARE_PINYIN.finditer(text))
    for match in (*emoji, *pinyin, *tokens):
        yield Change(*match.span(), "", "R10-noise", evidence, 0.9, "link-farm")
    for match in _BOARD_LINE.finditer(text):
        yield Change(
            *whole_lines(text, *match.span()),
            "",
            "R10-noise",
            f"{evidence}; line of a video board",
            0.9,
            "link-farm",
        )
    evidence += f"; {len(pinyin)} bare pinyin, {len(tokens)} random tokens: the whole page is made"
    yield Change(
        emoji[0].start(), emoji[0].start(), "", "noise-page", evidence, 0.9, "spam-page", False
    )


def _is_random(token: str) -> bool:
    vowels = len(_VOWELS.findall(token)) / len(token)
    changes = len(re.findall(r"\d[A-Za-z]|[A-Za-z]\d", token))
    code = re.fullmatch("[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9A-Z]{18,22}", token)
    return not code and (vowels < 0.2 or changes >= 4)


def searches(text: str, title: str) -> Iterator[Change]:
    """Cut the spam query a search page repeats, and call the page spam."""
    if not lexicon.listed(text):
        return
    for line in re.finditer("[^\n]+", text):
        if not _SEARCH.search(fold(line[0])) or len(line[0]) > 200:
            continue
        hits = lexicon.listed(line[0])
        if not hits:
            continue
        token = _query(line[0], hits[0][0], hits[0][1])
        start = line.start() + line[0].index(token)
        evidence = f"X {hits[0][2]}; M the page repeats what was searched for"
        yield Change(start, start + len(token), "", "reflected-search", evidence, 0.9, "spam-page")


def _query(line: str, start: int, end: int) -> str:
    left = max(line.rfind(c, 0, start) for c in '“‘【"「：:') + 1
    rights = [p for p in (line.find(c, end) for c in '”’】"」') if p >= 0]
    return line[left : min(rights)] if rights and min(rights) > left else _token(line, start, end)


def foreign_shops(text: str, title: str) -> Iterator[Change]:
    """Report a page whose text is Japanese shop words; on a Chinese page nobody meant to sell."""
    kana = len(_KANA.findall(text))
    if kana < 5:
        return
    words = set(_shop().findall(text))
    if kana >= 20 and len(words) >= 4 and kana >= 0.1 * len(text):
        evidence = f"X {len(words)} Japanese shop words; T {kana} kana"
        yield Change(0, min(40, len(text)), "", "foreign-shop", evidence, 0.85, "spam-page", False)
        return
    for line in re.finditer("[^\n]+", text):
        if len(_KANA.findall(line[0])) >= 5 and len(set(_shop().findall(line[0]))) >= 2:
            span = whole_lines(text, *line.span())
            yield Change(
                *span,
                "",
                "R8-japanese",
                "X Japanese shop words; T a Chinese page",
                0.85,
                "link-farm",
            )


FIRST, LAST = (searches, abstracts, adverts), (brand_tokens, noise, foreign_shops)

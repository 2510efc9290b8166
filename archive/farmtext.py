"""Link farms in plain text: runs of short items where the links are already lost.

    marked_runs   M      the marker phrase and the items behind it           R1
    place_lists   P A    places in no order of provinces after the article   R3
    matrices      P X/R  place x service, place x clinic                     R7
    keyword_bars  X T    names of one trade on a page about another matter   R8

Family letters are explained in archive/linkfarm.py. Lexical evidence never acts alone: a bar
goes only from a page whose own sentences do not speak of that trade (family T).
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from archive import farmwords, gazetteer, lexicon
from archive.model import Change
from archive.variants import fold

LONGEST_PLACE = 14  # 双江拉祜族佤族布朗族傣族自治县 has 15 with a mark; nothing longer is an item
LONGEST_ITEM = 22
MARKED, LISTED, MATRIX, BAR = 5, 12, 6, 4  # least items, spam.md rules R1, R3, R7, R8
PLACES, ALIKE = 0.85, 0.8
MOST_RUNS = 12  # runs judged, the last ones: a bound for hostile texts
PROSE = 60  # Han characters in sentences: less is no article a list could hang on

_ITEM = re.compile(
    r"(?:<[^<>\n]{0,300}>|[\s|｜¦丨、,，;；/·•_>»«]|&nbsp;)+|([^\s|｜¦丨、,，;；/·•_<>»«&]+)"
)
_SEGMENT = re.compile(
    r"(?:<[^<>\n]{0,300}>|[\s|｜¦丨、,，：:_—\-]|&nbsp;)+|([^\s|｜¦丨、,，：:_—\-<>&]+)"
)
_PIECE = re.compile(r"[^\s|｜¦丨、,，;；/·•_<>»«&：:。]{2,}")
_PROSE_MARK = re.compile('[。！？!?“”"《》（）()；;：:0-9０-９【】…]')
_CLAUSE = re.compile("[^。！？!?\n]+[。！？!?]*")
_SPOKEN = re.compile("[。！？!?；;：:“”《》]")
_STOPPED = re.compile("[^。！？!?\\s][。！？!?]")
_HAN = re.compile("[\u4e00-\u9fff]")
_LABEL = re.compile(r"^[\s|]*[^\s：:。，|]{2,8}\s*[：:]?[\s|]*$")
_TAG_BEFORE = re.compile(r"<a\b[^<>\n]*>$", re.IGNORECASE)
_TAG = re.compile("<[^<>\n]{0,300}>")


@dataclass(frozen=True, slots=True)
class Item:
    """A short piece of text between separators."""

    start: int
    end: int
    text: str
    before: str  # the separator in front of it, blanks folded


def items(text: str, pattern: re.Pattern[str] = _ITEM) -> list[Item]:
    """The items of a text in order, each with the separator in front of it."""
    found: list[Item] = []
    gap = ""
    for match in pattern.finditer(text):
        if match[1] is None:
            gap += match[0]
        else:
            found.append(Item(match.start(), match.end(), match[1], _kind(gap)))
            gap = ""
    return found


def _kind(gap: str) -> str:
    plain = _TAG.sub("", gap).replace("&nbsp;", " ")
    return ("\n" if "\n" in plain else "") + "".join(sorted(set(re.sub(r"\s", "", plain))))


# --- marker phrase ------------------------------------------------------------------------


def marked_runs(text: str, about_title: str) -> Iterator[Change]:
    """The marker phrase with the short items behind it; a phrase without items is only flagged.

    Right because nobody but the machinery ends such a phrase with a colon and a list; a security
    bulletin that quotes the phrase has prose behind it and is left alone.
    """
    if not any(word in text for word in ("蜘蛛池", "感兴趣", "感興趣")):
        return
    plain = fold(text)
    for match in islice(_marker().finditer(plain), MOST_RUNS):
        run = _behind(text, match.end())
        if len(run) >= MARKED:
            start, end = whole_lines(text, match.start(), _past(text, run[-1].end))
            known = gazetteer.share([item.text for item in run])
            evidence = f"M marker phrase; {len(run)} items, {known:.0%} places"
            yield Change(start, end, "", "R1-marker", evidence, 0.99, "link-farm")
        else:
            evidence = f"M alone: {len(run)} items follow"
            yield Change(*match.span(), "", "R1-marker", evidence, 0.3, applied=False)


def _behind(text: str, start: int) -> list[Item]:
    run: list[Item] = []
    for item in items(text[start : start + 20_000]):
        item = Item(item.start + start, item.end + start, item.text, item.before)
        alike = len(run) < 2 or item.before == _usual(run[1:])
        known = bool(gazetteer.codes(item.text))
        short = len(item.text) <= LONGEST_ITEM and not _SPOKEN.search(item.text)
        if not (known or (short and (alike or lexicon.spam(item.text) >= lexicon.SPAM))):
            break
        if is_footer(item.text) or (not known and not run and "\n" in text[start : item.start]):
            break
        run.append(item)
    return _without_signature(run)


def _without_signature(run: list[Item]) -> list[Item]:
    """The run without unknown lines behind a list of places: a signature stands on its own line."""
    places = gazetteer.share([item.text for item in run]) >= 0.6
    piped = any("|" in item.before for item in run[1:])
    while run and places and not piped and not gazetteer.codes(run[-1].text):
        run = run[:-1]
    return run


def _usual(run: Sequence[Item]) -> str:
    return Counter(item.before for item in run).most_common(1)[0][0]


# --- places without links -----------------------------------------------------------------


def place_lists(text: str, title: str) -> Iterator[Change]:
    """Lists of places in no order, hanging behind a finished article.

    Two families: P (at least 12 names, 85 % known, neither by province nor by code nor by
    alphabet) and A (behind the last sentence or behind the page's footer). Left alone: what the
    title or the last line announces, what follows a heading of its own, columns with data,
    places the article itself names. The cost: a farm on a page that is about lists stays, flagged.
    """
    if not holds_many_places(text):
        return
    for run in deque(_place_runs(text), MOST_RUNS):
        names = [item.text for item in run]
        if gazetteer.is_ordered(names):
            continue
        doubt = _doubt(text, run, title)
        start, end = whole_lines(text, run[0].start, _past(text, run[-1].end))
        evidence = f"P {len(run)} places in no order; A behind the article"
        if doubt:
            evidence = f"P alone: {len(run)} places in no order; {doubt}"
            if doubt == "no article before it":
                yield Change(start, end, "", "R3-places", evidence, 0.3, applied=False)
        else:
            yield Change(start, end, "", "R3-places", evidence, 0.9, "link-farm")


def holds_many_places(text: str) -> bool:
    """The cheap test: enough pieces that are place names, wherever they stand."""
    return (
        sum(
            bool(gazetteer.codes(piece))
            for piece in _PIECE.findall(text)
            if len(piece) <= LONGEST_PLACE
        )
        >= LISTED
    )


def _place_runs(text: str) -> Iterator[list[Item]]:
    run: list[Item] = []
    unknown = 0
    for item in items(text):
        if len(item.text) <= LONGEST_PLACE + 2 and gazetteer.codes(item.text):
            run.append(item)
            unknown = 0
        elif run and unknown < 2 and len(item.text) <= 6 and not _PROSE_MARK.search(item.text):
            run.append(item)
            unknown += 1
        else:
            yield from _trimmed(run)
            run, unknown = [], 0
    yield from _trimmed(run)


def _trimmed(run: list[Item]) -> Iterator[list[Item]]:
    while run and not gazetteer.codes(run[-1].text):
        run = run[:-1]
    if len(run) >= LISTED and gazetteer.share([item.text for item in run]) >= PLACES:
        yield run


def _doubt(text: str, run: Sequence[Item], title: str) -> str:
    before, after = text[: run[0].start], text[run[-1].end :]
    separators = Counter(item.before for item in run[1:])
    if separators.most_common(1)[0][1] < ALIKE * (len(run) - 1):
        return "mixed separators"
    if not _stands_free(before, after, separators.most_common(1)[0][0]):
        return "inside a sentence"
    footed = is_footer(before)
    if not footed and _STOPPED.search(_until_footer(after)):
        return "not at the end"
    prose = sentences(before)
    if len(_HAN.findall(prose)) < PROSE:
        return "no article before it"
    if _announced(before, prose, title, footed):
        return "announced"
    if any(len(item.text) > 2 and item.text in prose for item in run):
        return "places the article names"
    return ""


def _stands_free(before: str, after: str, separator: str) -> bool:
    left = before.rstrip(" \u3000\t|")
    piped = "|" in separator or "｜" in separator
    starts = (
        not left
        or left[-1] in "\n>"
        or (piped and left[-1] in "。！？”）")
        or is_footer(left[-60:])
    )
    rest = _TAG.sub("", after).lstrip(" \u3000\t")
    return starts and (not rest or rest[0] in "\n|｜" or piped)


def _announced(before: str, prose: str, title: str, footed: bool) -> bool:
    if before.rstrip(" \n|").endswith(("：", ":")):
        return True
    if footed:
        return False
    words = farmwords.words()["announcing"]
    heading = fold(title or _first_line(before))
    last = before.rstrip().rsplit("\n", 1)[-1]
    if not last.rstrip(" |").endswith(("。", "！", "？", ">", "”", "）")) and not _signed(before):
        return True
    near = fold(prose[-80:])
    return any(word in heading for word in words["title"]) or any(w in near for w in words["line"])


def _first_line(before: str) -> str:
    lines = [line for line in before.split("\n") if line.strip()][:6]
    return " ".join(line for line in lines if len(line) <= 60 and not line.rstrip().endswith("。"))


_SIGNED = re.compile(r"(\d{1,4}\s*[年月日.\-/]\s*\d{0,2}\s*[月日.\-/]?\s*\d{0,2}\s*日?|[)）])\s*$")


def _signed(before: str) -> bool:
    """True when the text before ends like a signed article: a date, or a credit in brackets."""
    return bool(_SIGNED.search(before.rstrip()[-40:]))


# --- place x something --------------------------------------------------------------------


def matrices(text: str, title: str) -> Iterator[Change]:
    """Runs of place + ending where few endings repeat: 略阳搬家公司 永春管道疏通 太康搬家公司."""
    if not _holds_repeated_endings(text):
        return
    for run, endings in deque(_matrix_runs(text), MOST_RUNS):
        trades = [lexicon.trade(ending) for ending in endings]
        known = sum(t is not None for t in trades) / len(trades)
        kind = next((t for t in trades if t), None)
        prose = sentences(text) + title
        start, end = _with_label(text, run)
        counted = Counter(endings)
        where = "A " if not _STOPPED.search(_until_footer(text[end:])) else ""
        evidence = f"P {len(run)} places x {len(counted)} endings"
        if kind and known >= 0.7 and not lexicon.speaks_of(prose, kind):
            evidence += f"; X {kind} {known:.0%}; {where}T"
            yield Change(start, end, "", "R7-matrix", evidence, 0.95, "link-farm")
        elif where and len(run) >= LISTED and not gazetteer.is_ordered(_places(run)):
            evidence += "; R endings repeat; A behind the article"
            yield Change(start, end, "", "R7-matrix", evidence, 0.85, "link-farm")


def _places(run: Sequence[Item]) -> list[str]:
    split = (gazetteer.split_place(item.text) for item in run)
    return [found[0] for found in split if found]


def _holds_repeated_endings(text: str) -> bool:
    """The cheap test: enough pieces are a place and an ending that another piece shares."""
    pieces = [piece for piece in _PIECE.findall(text) if 4 <= len(piece) <= LONGEST_PLACE]
    endings = Counter(piece[-2:] for piece in pieces)
    shared = (piece for piece in pieces if endings[piece[-2:]] >= 2)
    split = filter(None, map(gazetteer.split_place, shared))
    return sum(len(place) >= 2 and len(ending) >= 3 for place, ending in split) >= MATRIX


def _matrix_runs(text: str) -> Iterator[tuple[list[Item], list[str]]]:
    run: list[Item] = []
    endings: list[str] = []
    for item in (*items(text, _MATRIX_ITEM), Item(len(text), len(text), "", "")):
        found = gazetteer.split_place(item.text) if len(item.text) <= LONGEST_ITEM else None
        if (
            found
            and len(found[1]) >= 3
            and (lexicon.trade(found[1]) or not is_official(found[1]))
            and not _PROSE_MARK.search(found[1])
        ):
            run.append(item)
            endings.append(found[1])
            continue
        if len(run) >= MATRIX and len(set(endings)) <= max(2, len(run) // 3):
            yield run, endings
        run, endings = [], []


_MATRIX_ITEM = re.compile(_ITEM.pattern.replace("[\\s|", "[\\s：:|").replace("[^\\s|", "[^\\s：:|"))


@lru_cache(maxsize=4096)
def is_official(ending: str) -> bool:
    """True for what stands behind a place in the name of an office, a school or a paper."""
    return fold(ending).endswith(_official())


def _with_label(text: str, run: Sequence[Item]) -> tuple[int, int]:
    line = text.rfind("\n", 0, run[0].start) + 1
    start = line if _LABEL.match(text[line : run[0].start] or "：：") else run[0].start
    return whole_lines(text, start, _past(text, run[-1].end))


# --- keyword bars -------------------------------------------------------------------------


def keyword_bars(text: str, title: str) -> Iterator[Change]:
    """Runs of short segments that are names of one trade, on a page about something else."""
    if not lexicon.listed(text):
        return
    prose = sentences(text) + title
    spoken = {
        kind: lexicon.speaks_of(prose, kind) for kind in {k for _, _, k in lexicon.listed(text)}
    }
    for run in _bar_runs(text):
        trades = Counter(filter(None, (lexicon.trade(item.text) for item in run)))
        if not trades or not _is_bar(run, sum(trades.values())):
            continue
        kind = trades.most_common(1)[0][0]
        start, end = whole_lines(text, run[0].start, _past(text, run[-1].end))
        mean = sum(lexicon.spam(item.text) for item in run) / len(run)
        evidence = f"X {kind}: {len(run)} segments, mean {mean:.2f}, {sum(trades.values())} listed"
        if spoken[kind]:
            evidence += "; the page speaks of it"
            yield Change(start, end, "", "R8-keywords", evidence, 0.2, applied=False)
        else:
            evidence += "; T the page does not speak of it"
            yield Change(start, end, "", "R8-keywords", evidence, 0.92, "link-farm")


def _is_bar(run: Sequence[Item], listed: int) -> bool:
    mean = sum(lexicon.spam(item.text) for item in run) / len(run)
    if len(run) < BAR:
        return len(run) >= 2 and listed == len(run)
    return listed >= max(2, 0.25 * len(run)) and (mean >= lexicon.SPAM or listed >= 0.5 * len(run))


def _bar_runs(text: str) -> Iterator[list[Item]]:
    for line in re.finditer("[^\n]+", text):
        if not re.search("[。！？]", line[0]):
            yield from _bars_of(line[0], line.start())


def _bars_of(line: str, offset: int) -> Iterator[list[Item]]:
    run: list[Item] = []
    gap: list[Item] = []
    for item in items(line, _SEGMENT):
        item = Item(item.start + offset, item.end + offset, item.text, item.before)
        quoted = re.search('[“”"（）()：:；;《》]', item.text) or len(item.text) > LONGEST_ITEM
        if not quoted and lexicon.spam(item.text) >= lexicon.SPAM:
            run += (*gap, item)
            gap = []
        elif run and not quoted and len(gap) < 2:
            gap.append(item)
        else:
            yield from ([run] if run else [])
            run, gap = [], []
    if run:
        yield run


def segments(text: str) -> list[str]:
    """The segments of a text between blanks, bars, commas and dashes."""
    return [item.text for item in items(text, _SEGMENT)]


# --- shared -------------------------------------------------------------------------------


def sentences(text: str) -> str:
    """The sentences of a text that end in a mark and hold at least eight Han characters."""
    clauses = (c for c in _CLAUSE.findall(text) if c[-1] in "。！？!?" and len(c) > 8)
    return "".join(c for c in clauses if len(_HAN.findall(c)) >= 8)


def is_footer(text: str) -> bool:
    """True when the text holds words of a page's footer (ICP number, 网站标识码, …)."""
    return bool(_footer().search(text))


def has_marker(text: str) -> bool:
    """True when the text holds a phrase only the machinery writes."""
    return bool(text) and bool(_marker().search(fold(text)))


def ends_in_marker(text: str) -> bool:
    """True when the text ends in a marker phrase."""
    span = marker_span(text) if text else None
    return span is not None and len(text[span[1] :].strip(" \n\t\u3000|")) == 0


def marker_span(text: str) -> tuple[int, int] | None:
    """Where the marker phrase stands in the text."""
    match = _marker().search(fold(text))
    return match.span() if match else None


def _until_footer(text: str) -> str:
    match = _footer().search(text)
    return text[: text.rfind("\n", 0, match.start()) + 1] if match else text


def whole_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """The span, with one line end more when it covers all that its lines hold."""
    tag = _TAG_BEFORE.search(text, max(0, start - 300), start)
    start = tag.start() if tag else start
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    if text[line:start].strip() or text[end:stop].strip():
        return start, end
    if stop < len(text):
        return line, stop + 1
    return max(0, line - 1), stop


_PAST = re.compile(r"(?:[ \t]*[|｜¦丨,，、;；])?(?:</[a-zA-Z]{1,8}>[|｜]?)*")


def _past(text: str, end: int) -> int:
    match = _PAST.match(text, end)
    return match.end() if match else end


@cache
def _official() -> tuple[str, ...]:
    return tuple(farmwords.words()["endings"]["official"])


@cache
def _marker() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{m['pattern']})" for m in farmwords.words()["marker"]))


@cache
def _footer() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, farmwords.words()["footer"]["strong"])))

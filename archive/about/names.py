"""Names of people in bylines and credits.

A bare list of names is only believed where each begins with a family name and is no place: that
keeps (完), (记者站) and (高新区) out, and costs pen names and people whose name is one of the rare
ones (about one in a thousand by the population registers).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from archive.about.labels import HAN, fold, words
from archive.chinese import gazetteer

_SPLIT = re.compile(r"[\s、,，;；&＆/／]+")
_CLAUSE = re.compile("[系为是的者员您我你们不《》]")  # in words and clauses, not in names
_DOT = "·•‧・．"
_SHORT = re.compile(rf"[{HAN}]{{2,4}}")
_DOTTED = re.compile(rf"[{HAN}]{{2,8}}(?:[{_DOT}][{HAN}]{{2,8}}){{1,2}}")
_ASIDE = re.compile(r"[（(\[【].*?[)）\]】]|_[A-Z]{1,3}\d{3,6}\b")  # 王晓梅_NX1234
_INSIDE = re.compile(  # a medium and a role before the name
    r"(?:《.{2,12}》|.{2,12}?)(?:特约|见习|見習|实习|實習|首席)?(?:记者|記者|通讯员|通訊員|实习生|實習生)(?=.)"
)


@lru_cache(maxsize=4096)  # bylines of a site name the same people, and its frame the same words
def is_name(token: str) -> bool:
    """True for two to four characters that begin with a family name, or a name with a middle dot.

    >>> [is_name(t) for t in ("于春灃", "高嵩", "欧阳修竹", "买买提·艾山", "高新区", "通讯员")]
    [True, True, True, True, False, False]
    """
    token = fold(token)
    if _DOTTED.fullmatch(token):
        return not names_medium(token)
    if not _SHORT.fullmatch(token) or token in _no_names():
        return False
    if gazetteer.codes(token) or re.search(r"[省市县区镇乡村街局院校部厅委办]$", token[2:]):
        return False
    return token[:2] in _surnames() or (token[0] in _surnames() and len(token) <= 3)


@cache
def _surnames() -> frozenset[str]:
    return frozenset(map(fold, words("names", "single"))) | frozenset(
        map(fold, words("names", "double"))
    )


@cache
def _no_names() -> frozenset[str]:
    return frozenset(
        fold(word)
        for table, key in (
            ("byline", "roles"),
            ("byline", "editors"),
            ("byline", "neutral"),
            ("byline", "suffix"),
            ("reject", "name"),
            ("reject", "no_name"),
        )
        for word in words(table, key)
    )


def names_medium(token: str) -> bool:
    """True when the token ends like the name of a newspaper, station, office or account."""
    folded = fold(token)
    return (
        len(token) >= 3
        and folded.endswith(media_endings())
        and not re.search("[的了第]|关于", folded)
    )


@cache
def media_endings() -> tuple[str, ...]:
    """How names of newspapers, stations, offices and accounts end, folded."""
    return tuple(map(fold, words("media", "endings")))


def names(value: str, *, strict: bool = False) -> tuple[str, ...]:
    """The names of a value: split at blanks and commas, roles taken off, padding closed up.

    >>> names("赵  培、记者 李小明 通讯员王五")
    ('赵培', '李小明', '王五')

    `strict` gives nothing unless every token is a name. Otherwise pen names are let through.
    """
    tokens = [without_role(token) for token in tokens_of(value)]
    tokens = [token for token in tokens if token]
    if strict and not all(map(is_name, tokens)):
        return ()
    return tuple(dict.fromkeys(token for token in tokens if may_be_name(token)))


def tokens_of(value: str) -> list[str]:
    """The words of a value; two single characters with blanks between are one name."""
    value = _ASIDE.sub(" ", value)
    pieces = [piece.strip("：:。.()（）[]【】|_-—") for piece in _SPLIT.split(value)]
    out: list[str] = []
    for piece in filter(None, pieces):
        if out and len(out[-1]) == 1 and len(piece) == 1 and re.match(f"[{HAN}]", out[-1]):
            out[-1] += piece  # 赵  培: a name of two characters padded to three
        else:
            out.append(piece)
    return out


def without_role(token: str) -> str:
    """A token without medium and role before the name and 摄影报道 behind it; "" for a role alone."""
    inside = _INSIDE.match(token)
    if inside and names_medium(inside[0].strip("《》")[:-2].strip("》")):
        token = token[inside.end() :]
    role, rest = split_role(token)
    while role and rest:
        token = rest.lstrip("：:/／ ")
        role, rest = split_role(token)
    if role and not rest:
        return ""
    folded = fold(token)
    for suffix in _suffixes():
        if folded.endswith(suffix) and len(token) - len(suffix) >= 2:
            return token[: len(token) - len(suffix)].rstrip("：:/／ ")
    return token


@cache
def _suffixes() -> tuple[str, ...]:
    return tuple(sorted(map(fold, words("byline", "suffix")), key=len, reverse=True))


def split_role(token: str) -> tuple[str, str]:
    """A role at the start of a token and the rest: 记者张三 is ("记者", "张三").

    Roles of one character (文, 图, 摄) only count before a stroke or colon, or alone.
    """
    folded = fold(token)
    for role in roles():
        if folded.startswith(role):
            rest = token[len(role) :]
            if len(role) > 1 or not rest or rest[0] in ":：/／":
                return token[: len(role)], rest.lstrip(":：/／ ")
    return "", token


@cache
def roles() -> tuple[str, ...]:
    """Words before a name in a byline, folded, longest first."""
    return tuple(sorted(map(fold, words("byline", "roles")), key=len, reverse=True))


_FREE = ("作者", "文章作者", "本文作者")  # labels behind which pen names are usual


def labelled_names(label: str, value: str) -> tuple[str, ...]:
    """The names behind an author or editor label.

    Behind 作者 a single pen name is believed; behind 记者 and the others only names are, since
    `记者：您怎么看？` opens the questions of an interview.
    """
    value = re.split(r"[。？！?!]|\s{3,}", value[:80])[0]
    found = names(value)
    sure = tuple(name for name in found if is_name(name) or is_placed(name))
    latin = label in editor_words() and bool(re.fullmatch(r"[A-Za-z][\w .-]+", " ".join(found)))
    if sure or not (label in _FREE or latin) or len(found) != 1:
        return sure
    return found if not names_medium(found[0]) and len(found[0]) <= 20 else ()


def may_be_name(token: str) -> bool:
    """True for what may be a pen name: short, no clause, no word of the trade."""
    folded = fold(token)
    if folded in _no_names() or folded.lower() in _no_names() or re.search(r"\d{3}", token):
        return False
    if re.search(r"[a-zA-Z]", token):
        return len(token) <= 30 and bool(re.fullmatch(rf"[\w{_DOT} .-]+", token))
    if not 2 <= len(token) <= 12 or _CLAUSE.search(folded):
        return False
    return bool(re.search(f"[{HAN}]", token))


def may_follow_role(token: str) -> bool:
    """True for a name behind a role that lacks a known family name: 记者 格桑边觉.

    Three characters at least, so that 记者调查 and 作者手记 stay headings.
    """
    return is_name(token) or is_placed(token) or (3 <= len(token) <= 5 and may_be_name(token))


def is_placed(token: str) -> bool:
    """True for a name that a county bears as well: 黄平, 石林. Only behind a role or label."""
    token = fold(token)
    return len(token) == 2 and token[0] in _surnames() and bool(gazetteer.codes(token))


@cache
def editor_words() -> frozenset[str]:
    """Labels of editors, folded."""
    return frozenset(map(fold, words("byline", "editors")))

"""Who wrote it: bylines without labels, credits in brackets, and the names in them.

A bare list of names is only believed where each begins with a family name and is no place: that
keeps (完), (记者站) and (高新区) out, and costs pen names and people whose name is one of the rare
ones (about one in a thousand by the population registers).
"""

from __future__ import annotations

import re
from functools import cache

from archive import gazetteer
from archive.labels import HAN, fold, words
from archive.model import Candidate

_SPLIT = re.compile(r"[\s、,，;；&＆/／和]+")
_LONGEST = 60  # characters of a byline, measured on 450 pages: the longest has 41
_SENTENCE = re.compile(r"[。！？!?；;]|[,，].*[,，]")
_DOT = "·•‧・．"


def is_name(token: str) -> bool:
    """True for two to four characters that begin with a family name, or a name with a middle dot.

    >>> [is_name(t) for t in ("于春灃", "高嵩", "欧阳修竹", "买买提·艾山", "高新区", "通讯员")]
    [True, True, True, True, False, False]
    """
    token = fold(token)
    if re.fullmatch(rf"[{HAN}]{{2,8}}(?:[{_DOT}][{HAN}]{{2,8}}){{1,2}}", token):
        return not names_medium(token)
    if not re.fullmatch(rf"[{HAN}]{{2,4}}", token) or token in _no_names():
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
    return len(token) >= 3 and fold(token).endswith(_media())


@cache
def _media() -> tuple[str, ...]:
    return tuple(map(fold, words("media", "endings")))


def names(value: str, *, strict: bool = False) -> tuple[str, ...]:
    """The names of a value: split at blanks and commas, roles taken off, padding closed up.

    >>> names("赵  培、记者 李小明 通讯员王五")
    ('赵培', '李小明', '王五')

    `strict` gives nothing unless every token is a name. Otherwise pen names are let through.
    """
    tokens = [_bare(token) for token in _tokens(value)]
    tokens = [token for token in tokens if token]
    if strict and not all(map(is_name, tokens)):
        return ()
    return tuple(dict.fromkeys(token for token in tokens if _may_be_name(token)))


def _tokens(value: str) -> list[str]:
    value = re.sub(r"[（(\[【].*?[)）\]】]", " ", value)
    pieces = [piece.strip("：:。.()（）[]【】|_-—") for piece in _SPLIT.split(value)]
    out: list[str] = []
    for piece in filter(None, pieces):
        if out and len(out[-1]) == 1 and len(piece) == 1 and re.match(f"[{HAN}]", out[-1]):
            out[-1] += piece  # 赵  培: a name of two characters padded to three
        else:
            out.append(piece)
    return out


def _bare(token: str) -> str:
    role, rest = split_role(token)
    while role and rest:
        token = rest.lstrip("：:/／ ")
        role, rest = split_role(token)
    if role and not rest:
        return ""
    for suffix in sorted(words("byline", "suffix"), key=len, reverse=True):
        if fold(token).endswith(fold(suffix)) and len(token) - len(suffix) >= 2:
            return token[: len(token) - len(suffix)].rstrip("：:/／ ")
    return token


def split_role(token: str) -> tuple[str, str]:
    """A role at the start of a token and the rest: 记者张三 is ("记者", "张三").

    Roles of one character (文, 图, 摄) only count before a stroke or colon, or alone.
    """
    folded = fold(token)
    for role in _roles():
        if folded.startswith(role):
            rest = token[len(role) :]
            if len(role) > 1 or not rest or rest[0] in ":：/／":
                return token[: len(role)], rest.lstrip(":：/／ ")
    return "", token


@cache
def _roles() -> tuple[str, ...]:
    return tuple(sorted(map(fold, words("byline", "roles")), key=len, reverse=True))


def _may_be_name(token: str) -> bool:
    folded = fold(token)
    if folded in _no_names() or folded.lower() in _no_names() or re.search(r"\d{3}", token):
        return False
    if re.search(r"[a-zA-Z]", token):
        return len(token) <= 30
    return 2 <= len(token) <= 12 and bool(re.search(f"[{HAN}]", token))


def byline(line: str) -> tuple[Candidate, ...]:
    """What a line of medium, roles and names says, or nothing when it is no such line.

    >>> [(c.field, c.value) for c in byline("頂端新聞·河南商報 高嵩 通訊員 高慧恒")]
    [('source', '頂端新聞·河南商報'), ('authors', '高嵩'), ('authors', '高慧恒')]
    >>> byline("高嵩说通讯员要多写稿。"), byline("通知公告")
    ((), ())

    Needs a medium or a role, at least one name, and nothing else in the line.
    """
    text = line.strip().strip("（）()[]【】")
    if not 3 <= len(text) <= _LONGEST or _SENTENCE.search(text):
        return ()
    tokens = _tokens(re.sub(r"(?<=[^/／])[（(](.*?)[)）]", r" \1 ", text))
    if not 1 <= len(tokens) <= 12:
        return ()
    return _read_tokens(tokens)


def _read_tokens(tokens: list[str]) -> tuple[Candidate, ...]:
    out: list[Candidate] = []
    marked = False
    for token in tokens:
        medium, role, name = _dissect(token)
        marked = marked or bool(medium or role)
        if medium and not any(c.field == "source" for c in out):
            out.append(Candidate("source", medium, "line:byline"))
        if name:
            if not is_name(name) and not (role and _may_be_name(name) and len(name) <= 4):
                return ()
            out.append(Candidate("authors", name, "line:byline"))
    return tuple(out) if marked and any(c.field == "authors" for c in out) else ()


def _dissect(token: str) -> tuple[str, str, str]:
    """A token as medium, role, name: 新华社记者张三; any of them may be empty."""
    folded = fold(token)
    if names_medium(token) and not is_name(token):
        return token, "", ""
    for role in _roles():
        at = folded.find(role)
        if at < 0 or (len(role) == 1 and at):
            continue
        before, after = token[:at], token[at + len(role) :].lstrip(":：/／")
        if not before or names_medium(before):
            return before, role, _bare(after) if after else ""
        if is_name(before) and not after:
            return "", role, before
    return "", "", _bare(token)


_TRAIL = re.compile(r"[（(\[【]\s*([^（()）\[\]【】。]{2,60}?)\s*[)）\]】]\s*[。.]?\s*\Z")
_SENTENCE_END = re.compile(r"[。！？!?…”\"’』」》)）]\s*\Z")


def trailing_credit(paragraph: str) -> tuple[int, tuple[Candidate, ...]] | None:
    """Where a credit in brackets at the paragraph's end begins, and what it says; else None.

    >>> at, found = trailing_credit("会议还作了部署。(編輯 施尚景)")
    >>> at, [(c.field, c.value) for c in found]
    (8, [('editors', '施尚景')])
    >>> trailing_credit("参加会议的有三位同志(张三 李四)"), trailing_credit("会议结束。(完)")
    (None, None)

    A bracket with a role or editor label counts anywhere at the end; bare names only behind the
    end of a sentence, so a list of people inside the last sentence stays.
    """
    match = _TRAIL.search(paragraph[-120:])
    if not match:
        return None
    start = max(0, len(paragraph) - 120) + match.start()
    inner = match[1]
    found = credit(inner)
    if not found:
        plain = names(inner, strict=True)
        sentence = not paragraph[:start].strip() or _SENTENCE_END.search(paragraph[:start])
        enough = len(plain) > 1 or (plain and len(plain[0]) == 3)
        if plain and sentence and enough and len(plain) <= 6:
            found = tuple(Candidate("authors", name, "line:credit") for name in plain)
    return (start, found) if found else None


def credit(inner: str) -> tuple[Candidate, ...]:
    """What the inside of a bracket says: editors behind an editor label, authors behind a role.

    >>> [(c.field, c.value) for c in credit("责任编辑：王玥 记者 张三 李四")]
    [('editors', '王玥'), ('authors', '张三'), ('authors', '李四')]
    """
    field, marked = "authors", False
    out: list[Candidate] = []
    for token in _credit_tokens(inner):
        kind = _kind(token)
        if kind:
            field, marked = kind, True
            continue
        if not (is_name(token) or (marked and _may_be_name(token) and len(token) <= 5)):
            if names_medium(token) and not any(c.field == "source" for c in out):
                out.append(Candidate("source", token, "line:credit"))
                continue
            return ()
        if field != "neutral":
            out.append(Candidate(field, token, "line:credit"))
    return tuple(out) if marked else ()


def _credit_tokens(inner: str) -> list[str]:
    labels = sorted((*_editor_words(), *_neutral_words(), *_roles()), key=len, reverse=True)
    long = "|".join(re.escape(label) for label in labels if len(label) > 1)
    folded = fold(inner)
    spaced, at = "", 0
    for match in re.finditer(rf"({long})\s*[:/／]?", folded):
        spaced += inner[at : match.start()] + " " + inner[match.start(1) : match.end(1)] + " "
        at = match.end()
    return _tokens(spaced + inner[at:])


def _kind(token: str) -> str:
    folded = fold(token)
    if folded in _editor_words():
        return "editors"
    if folded in _neutral_words():
        return "neutral"
    return "authors" if folded in _roles() else ""


@cache
def _editor_words() -> frozenset[str]:
    return frozenset(map(fold, words("byline", "editors")))


@cache
def _neutral_words() -> frozenset[str]:
    return frozenset(map(fold, words("byline", "neutral")))

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
    folded = fold(token)
    return len(token) >= 3 and folded.endswith(_media()) and not re.search("[的了第]|关于", folded)


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
    inside = re.match(
        r"(?:《.{2,12}》|.{2,12}?)(?:特约|见习|見習|实习|實習|首席)?(?:记者|記者|通讯员|通訊員|实习生|實習生)(?=.)",
        token,
    )
    if inside and names_medium(inside[0].strip("《》")[:-2].strip("》")):
        token = token[inside.end() :]
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


_FREE = ("作者", "文章作者", "本文作者")  # labels behind which pen names are usual


def labelled_names(label: str, value: str) -> tuple[str, ...]:
    """The names behind an author or editor label.

    Behind 作者 a single pen name is believed; behind 记者 and the others only names are, since
    `记者：您怎么看？` opens the questions of an interview.
    """
    value = re.split(r"[。？！?!]|\s{3,}", value[:80])[0]
    found = names(value)
    sure = tuple(name for name in found if is_name(name))
    latin = label in editor_words() and bool(re.fullmatch(r"[A-Za-z][\w .-]+", " ".join(found)))
    if sure or not (label in _FREE or latin) or len(found) != 1:
        return sure
    return found if not names_medium(found[0]) and len(found[0]) <= 20 else ()


def in_text(text: str) -> tuple[Candidate, ...]:
    """Names a text itself gives: 本报讯（记者 张三）, 新华社电（记者李四）, a byline as last line.

    Only the first four paragraphs are read for a bracket, where news sets it, and the last three
    for a line or a bracket; what stands between is what people say.
    """
    paragraphs = [line for line in text.split("\n") if line.strip()]
    for paragraph in paragraphs[:4]:
        for match in _REPORTER.finditer(paragraph[:_HEAD]):
            found = tuple(c for c in credit(match[1]) if c.field == "authors")
            if found:
                return tuple(Candidate(c.field, c.value, "text:lead") for c in found)
    out: list[Candidate] = []
    for paragraph in paragraphs[-3:] if len(paragraphs) > 3 else paragraphs[-1:]:
        trailing = trailing_credit(paragraph)
        found = trailing[1] if trailing else byline(paragraph.strip(" □■●◎"))
        out += [Candidate(c.field, c.value, "text:end") for c in found if c.field != "source"]
    return tuple(out)


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


_HEAD = 200  # characters of a paragraph in which news sets its reporter, measured on 300 articles
_REPORTER = re.compile(
    r"[（(]([^（()）]{0,20}(?:记者|記者|通讯员|通訊員|实习生|實習生)[^（()）]{1,60})[)）]"
)
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
        if not marked and _is_outlet(token):
            continue
        if not (is_name(token) or (marked and _may_be_name(token) and len(token) <= 5)):
            if names_medium(token) and not any(c.field == "source" for c in out):
                out.append(Candidate("source", token, "line:credit"))
                continue
            return ()
        if field != "neutral":
            out.append(Candidate(field, token, "line:credit"))
    return tuple(out) if marked else ()


def _is_outlet(token: str) -> bool:
    """本报, 总台, 新华社 before a role."""
    return len(token) <= 8 and fold(token)[-1:] in "报台社网刊" and not is_name(token)


def _credit_tokens(inner: str) -> list[str]:
    labels = sorted((*editor_words(), *_neutral_words(), *_roles()), key=len, reverse=True)
    long = "|".join(re.escape(label) for label in labels if len(label) > 1)
    folded = fold(inner)
    spaced, at = "", 0
    for match in re.finditer(rf"({long})\s*[:/／]?", folded):
        spaced += inner[at : match.start()] + " " + inner[match.start(1) : match.end(1)] + " "
        at = match.end()
    return _tokens(spaced + inner[at:])


def _kind(token: str) -> str:
    folded = fold(token)
    if folded in editor_words():
        return "editors"
    if folded in _neutral_words():
        return "neutral"
    return "authors" if folded in _roles() else ""


@cache
def editor_words() -> frozenset[str]:
    return frozenset(map(fold, words("byline", "editors")))


@cache
def _neutral_words() -> frozenset[str]:
    return frozenset(map(fold, words("byline", "neutral")))

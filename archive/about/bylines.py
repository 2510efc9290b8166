"""Who wrote it: bylines without labels, credits in brackets."""

from __future__ import annotations

import re
from functools import cache

from archive.about.labels import HAN, fold, words
from archive.about.names import (
    editor_words,
    is_name,
    may_follow_role,
    media_endings,
    names,
    names_medium,
    roles,
    tokens_of,
    without_role,
)
from archive.model import Candidate

_OURS = frozenset(("本报", "本報", "本网", "本網", "本台", "本刊", "本社", "本站"))
_PICTURES = re.compile("(?:供图|供圖|资料图|資料圖|提供)$")  # whose pictures, not whose words
_STROKES = ("", ":", "：", "/", "／")  # behind a role of one character: 文/张三, no 文件名称
_MEDIUM = 14  # characters of a medium's name before a role
_LONGEST = 60  # characters of a byline, measured on 450 pages: the longest has 41
_BRACKETED = re.compile(r"[（(](?<=[^/／].)(.*?)[)）]")
_SENTENCE = re.compile(r"[。！？!?；;]|[,，].*[,，]")


def byline(line: str) -> tuple[Candidate, ...]:
    """What a line of medium, roles and names says, or nothing when it is no such line.

    >>> [(c.field, c.value) for c in byline("頂端新聞·河南商報 高嵩 通訊員 高慧恒")]
    [('source', '頂端新聞·河南商報'), ('authors', '高嵩'), ('authors', '高慧恒')]
    >>> byline("高嵩说通讯员要多写稿。"), byline("通知公告")
    ((), ())

    Needs a medium or a role, at least one name, and nothing else in the line.
    """
    text = line.strip().strip("（）()[]【】□■●◎▲★◆")
    if not 3 <= len(text) <= _LONGEST or _SENTENCE.search(text):
        return ()
    tokens = tokens_of(_BRACKETED.sub(r" \1 ", text))
    if not 1 <= len(tokens) <= 12 or not _marks().search(fold("".join(tokens))):
        return ()
    return _read_tokens(tokens)


@cache
def _marks() -> re.Pattern[str]:
    """Every role and every ending of a medium's name: a byline has one of them."""
    return re.compile("|".join(map(re.escape, (*roles(), *media_endings()))))


def _read_tokens(tokens: list[str]) -> tuple[Candidate, ...]:
    out: list[Candidate] = []
    marked = awaited = False
    for token in tokens:
        if _PICTURES.search(token):
            continue
        medium, role, name = _dissect(token)
        marked = marked or bool(medium or role)
        if medium and not any(c.field == "source" for c in out):
            out.append(Candidate("source", medium, "line:byline"))
        if name:
            if not is_name(name) and not ((role or awaited) and may_follow_role(name)):
                return ()
            out.append(Candidate("authors", name, "line:byline"))
        awaited = bool(role and not name)
    return tuple(out) if marked and any(c.field == "authors" for c in out) else ()


def _dissect(token: str) -> tuple[str, str, str]:
    """A token as medium, role, name: 新华社记者张三; any of them may be empty."""
    folded = fold(token)
    if names_medium(token) and not is_name(token):
        return token, "", ""
    for role in roles():
        at = folded.find(role)
        if at < 0 or (len(role) == 1 and (at or token[1:2] not in _STROKES)):
            continue
        before, after = token[:at], token[at + len(role) :].lstrip(":：/／")
        if not before or before in _OURS or (names_medium(before) and len(before) <= _MEDIUM):
            return "" if before in _OURS else before, role, without_role(after) if after else ""
        if is_name(before) and not after:
            return "", role, before
    return "", "", without_role(token)


_HEAD = 200  # characters of a paragraph in which news sets its reporter, measured on 300 articles
_REPORTER = re.compile(
    r"[（(]([^（()）]{0,20}(?:记者|記者|通讯员|通訊員|实习生|實習生)[^（()）]{1,60})[)）]"
)
_TRAIL = re.compile(r"[（(\[【]\s*([^（()）\[\]【】。]{2,60}?)\s*[)）\]】]\s*[。.]?\s*\Z")
# An office and who wrote for it: 县人社局 韩克强. No second office: 县教育局安全科.
_OFFICES = "局办室部科股院心站委校馆队厅处社所乡镇"
_WRITER = re.compile(rf"[{HAN}]{{1,18}}[{_OFFICES}]\s*([{HAN}]{{1,2}}\s?[{HAN}])(?<![{_OFFICES}])")
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


def writer(paragraph: str) -> tuple[Candidate, ...]:
    """Who wrote for an office, named with it in the bracket behind the last sentence.

    >>> [c.value for c in writer("招聘会圆满结束。（县人社局 韩克强）")], writer("会议结束。（县委办）")
    (['韩克强'], ())

    The bracket stays in the text: it says more than a name.
    """
    match = _TRAIL.search(paragraph[-120:])
    if not match or match[1].startswith("作者"):
        return ()
    before = paragraph[: max(0, len(paragraph) - 120) + match.start()]
    if before.strip() and not _SENTENCE_END.search(before):
        return ()
    named = _WRITER.fullmatch(fold(match[1]))
    name = "".join(match[1][named.start(1) :].split()) if named else ""
    return (Candidate("authors", name, "text:end"),) if name and is_name(name) else ()


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
        if (not marked and _is_outlet(token)) or (marked and fold(token) in _behind_names()):
            continue
        token = without_role(token)
        if not (is_name(token) or (marked and may_follow_role(token))):
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
    spaced, at = "", 0
    for match in _credit_labels().finditer(fold(inner)):
        spaced += inner[at : match.start()] + " " + inner[match.start(1) : match.end(1)] + " "
        at = match.end()
    return tokens_of(spaced + inner[at:])


@cache
def _credit_labels() -> re.Pattern[str]:
    labels = sorted((*editor_words(), *_neutral_words(), *roles()), key=len, reverse=True)
    long = "|".join(re.escape(label) for label in labels if len(label) > 1)
    return re.compile(rf"({long})\s*[:/／]?")


def _kind(token: str) -> str:
    folded = fold(token)
    if folded in editor_words():
        return "editors"
    if folded in _neutral_words():
        return "neutral"
    return "authors" if folded in roles() else ""


@cache
def _behind_names() -> frozenset[str]:
    """Words behind the names of a credit: 记者 吕晓 摄影报道."""
    return frozenset(map(fold, words("byline", "suffix")))


@cache
def _neutral_words() -> frozenset[str]:
    return frozenset(map(fold, words("byline", "neutral")))


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
        found = found or writer(paragraph)
        out += [Candidate(c.field, c.value, "text:end") for c in found if c.field != "source"]
    return tuple(out)

"""HTML shown as text: tags and entities that a broken editor or mirror escaped twice.

Only tags of a closed list count, and only where the text is not about code: a bulletin that
quotes `<script>` or `onerror=` keeps every one of its tags and entities.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from archive.model import Change
from archive.steps import apart

_BLOCK = "p|h[1-6]|div|br|li|tr|blockquote|section|article|table|tbody|ul|ol|center|hr|html|body"
_INLINE = "span|strong|font|b|em|u|i|a|img|td|th|o:p|sup|sub|big|small|st1:[a-z]+"
_LT, _GT = r"(?:<|&lt;)", r"(?:>|&gt;)"
_ATTRIBUTES = r"(?:\s+[a-zA-Z_:][\w:.-]*(?:\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|&quot;[^<>]*?&quot;|[^\s\"'<>&]+))?)*"
TAG = re.compile(
    rf"{_LT}(?P<close>/)?(?P<name>{_BLOCK}|{_INLINE})(?P<attributes>{_ATTRIBUTES})\s*/?{_GT}",
    re.IGNORECASE,
)
# The filling of one mirror family: any element, alone with a random id of five characters.
_FILLING = re.compile(
    rf"{_LT}(?P<name>[a-z]{{1,12}}\d?) id=[\"'](?P<id>[a-z0-9]{{5}})[\"']\s*/?{_GT}"
)
_RUN_GAP = re.compile(r"\s*")
_INSIDE = 300  # characters of a tag that another may stand in

# What editors and word processors leave in comments around what was pasted.
_EDITORS = r"(?:--\s*/?(?:Start|End)Fragment|(?:--)?\s*\[(?:if [^\[\]<>]{1,40}|endif)\])"
# Text about code: tags that run, event handlers, source of a page or a program, notices on hidden
# links. Not </body></html>, the end of a page that was cut out of its source. Cost: a leaked tag in such a
# text stays.
_LISTING = re.compile(
    rf"{_LT}(?:/?(?:script|iframe|svg|object|embed|form|input|meta|link|style)|html|head|body|\?|%|!(?!{_EDITORS}))"
    r"|javascript:|\bon(?:error|load|click|mouseover)\s*=|alert\(|\bXSS\b|跨站脚本|\bpayload\b|display\s*:\s*none|暗链|暗鏈|黑链|黑鏈|代码如下|源代码",
    re.IGNORECASE,
)
# 使用<p>标签: the tag is what the sentence speaks of.
_SPOKEN_OF = re.compile(r"\s*(?:标签|標籤|标记|標記|元素|tag)", re.IGNORECASE)
# 空格写作&nbsp;: the same of an entity.
_NAMED = re.compile('(?:写作|寫作|写成|寫成|写为|写入|输入|輸入|记作)[“"「]?\\Z')

ENTITY = re.compile(
    r"&(?:amp;){0,3}(?:nbsp|ensp|emsp|thinsp|ldquo|rdquo|lsquo|rsquo|quot|apos|middot|bull|mdash|ndash"
    r"|hellip|times|divide|deg|amp|lt|gt|lsaquo|rsaquo|laquo|raquo|copy|reg|permil|yen|sect|plusmn"
    r"|zwnj|zwj|shy|#\d{2,7}|#[xX][0-9a-fA-F]{2,6});"
    r"|&(?:nbsp|ensp|emsp)(?![A-Za-z;=])"  # their semicolon lost
)
# A paragraph as data of a script has it: 　　 as \\u3000\\u3000, its end as \\r\\n.
_ESCAPE = re.compile(
    r"\\u[0-9a-fA-F]{4}|(?<![A-Za-z:\\])(?:\\r)?\\n(?![A-Za-z0-9_])|(?<![A-Za-z:\\])\\t(?![A-Za-z0-9_])"
)
_ESCAPES = 3  # fewer are a path or an example


# A picture in the markup of forums, with its address: 写作[img]地址[/img] has none and stays. A field
# of an EmpireCMS template that was never filled: [!--empirenews.page--].
_BRACKETED = re.compile(
    r"\[img(?:=[\d,]{1,9})?\](?:https?:/)?/[^\s\[\]\u4e00-\u9fff]{1,300}\[/img\]"
    r"|\[!--[a-z][\w.]{1,40}--\]"
    rf"|{_LT}!{_EDITORS}\s*(?:--)?{_GT}",
    re.IGNORECASE,
)
_BRACKETS = ("[img", "[IMG", "[!--", "<!", "&lt;!")


def decode(text: str) -> Iterator[Change]:
    """Leaked tags become line ends or nothing, leaked entities their character."""
    bracketed = any(sign in text for sign in _BRACKETS)
    escaped = "\\u" in text or "\\n" in text
    if not ("<" in text or "&" in text or bracketed or escaped) or _LISTING.search(text):
        return
    if escaped:
        yield from apart((*_escapes(text), *_bracketed(text), *_html(text)))
        return
    # an address in brackets may hold entities of its own
    yield from apart((*_bracketed(text), *_html(text))) if bracketed else _html(text)


def _escapes(text: str) -> Iterator[Change]:
    """Escapes of a script's data, each as its character."""
    found = list(_ESCAPE.finditer(text))
    for match in found if len(found) >= _ESCAPES else ():
        sign = match[0]
        char = chr(int(sign[2:], 16)) if sign[1] == "u" else "\t" if sign == "\\t" else "\n"
        if char.isprintable() or char.isspace():
            yield Change(*match.span(), char, "leaked-escape", sign, 0.98, "leaked-markup")


def _bracketed(text: str) -> Iterator[Change]:
    for match in _BRACKETED.finditer(text):
        yield Change(*match.span(), "", "leaked-tag", match[0][:80], 0.98, "leaked-markup")


def _html(text: str) -> Iterator[Change]:
    runs = list(_runs(text))
    for start, end, new in runs:
        yield Change(
            start, end, new, "leaked-tag", text[start:end].strip()[:80], 0.98, "leaked-markup"
        )
    for match in ENTITY.finditer(text):
        named = _NAMED.search(text, max(0, match.start() - 3), match.start())
        spoken = named is not None or _is_quoted(text, match)
        if not spoken and not any(start <= match.start() < end for start, end, _ in runs):
            char = _character(match[0])
            if char is not None:
                yield Change(
                    match.start(),
                    match.end(),
                    char,
                    "leaked-entity",
                    match[0],
                    0.99,
                    "leaked-markup",
                )


def _character(entity: str) -> str | None:
    """What an entity stands for, however often it was escaped; `None` for what is no text."""
    char = html.unescape(re.sub("^&(?:amp;)+(?=.)", "&", entity).rstrip(";") + ";")
    return char if len(char) == 1 and (char.isprintable() or char.isspace()) else None


def _runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Stretches of leaked tags with the space around them, and what stands for each."""
    tags = _tags(text)
    while tags:
        run = [tags.pop(0)]
        while tags and not text[run[-1].end() : tags[0].start()].strip():
            run.append(tags.pop(0))
        yield _replacement(text, run)


def _tags(text: str) -> list[re.Match[str]]:
    """Every leaked tag, in order; none unless the document shows that they are markup."""
    filling = _filling(text)
    tags = [
        m
        for m in TAG.finditer(text)
        if not (_SPOKEN_OF.match(text, m.end()) or _is_quoted(text, m) or _is_inside_one(text, m))
    ]
    if not any(map(_is_sure, tags)) and not _is_closed(tags) and not _ends(text, tags):
        tags = []
    taken = {m.start() for m in tags}
    return sorted([*tags, *(m for m in filling if m.start() not in taken)], key=lambda m: m.start())


def _is_inside_one(text: str, match: re.Match[str]) -> bool:
    """Whether a tag stands in another that is not closed: without it there would be a whole one."""
    start = match.start()
    at = text.rfind("<", max(0, start - _INSIDE), start)
    opens = text[at + 1 : at + 2]
    return at >= 0 and (opens.isalpha() or opens == "/") and text.find(">", at, start) < 0


_QUOTES = ("“”", "‘’", "「」", "『』", '""')


def _is_quoted(text: str, match: re.Match[str]) -> bool:
    """Whether a tag or entity stands alone in quotation marks: the sentence speaks of it."""
    return text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1] in _QUOTES


def _is_sure(match: re.Match[str]) -> bool:
    name = match["name"].lower()
    return bool(match["attributes"].strip()) or name == "br" or ":" in name


def _ends(text: str, tags: list[re.Match[str]]) -> bool:
    """True when two blocks or more are closed, each behind the end of a sentence, or three or more opened
    there or at the beginning."""
    opened = not any(tag["close"] for tag in tags)
    ends = ("", *"。！？；”）\n") if opened else tuple("。！？；”）")
    return len(tags) > (2 if opened else 1) and all(
        (tag["close"] or (opened and re.fullmatch(_BLOCK, tag["name"], re.IGNORECASE)))
        and text[max(0, tag.start() - 1) : tag.start()] in ends
        for tag in tags
    )


def _is_closed(tags: list[re.Match[str]]) -> bool:
    """True when something opens and something closes."""
    return len({bool(tag["close"]) for tag in tags}) == 2


def _filling(text: str) -> list[re.Match[str]]:
    found = list(_FILLING.finditer(text))
    if not found:
        return []
    names = "|".join(sorted({re.escape(m["name"]) for m in found}))
    return [*found, *re.finditer(rf"{_LT}/(?P<name>{names}){_GT}", text)]


def _replacement(text: str, run: list[re.Match[str]]) -> tuple[int, int, str]:
    start, end = run[0].start(), run[-1].end()
    if not any(re.fullmatch(_BLOCK, tag["name"], re.IGNORECASE) for tag in run):
        return start, end, ""
    while start and text[start - 1].isspace():
        start -= 1
    end = _space_after(text, end)
    blank = "\n" if text.count("\n", start, run[0].start()) > 1 else ""  # as below a title
    return start, end, "\n" + blank if start and end < len(text) else ""


def _space_after(text: str, at: int) -> int:
    match = _RUN_GAP.match(text, at)
    return match.end() if match else at

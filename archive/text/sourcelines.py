"""Source shown as text: scripts, styles and placeholders that stand above or below an article.

Only whole lines at the two ends, and only around a text of sentences that does not itself speak of code: a
lesson's listings stand between its sentences and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.farms.farmitems import HAN, sentences
from archive.model import Change

_PROSE = 60  # Han in sentences: less is no article whose source leaked
_MOST = 20  # lines at one end
_HAN = "\u3400-\u9fff"
_ELEMENT = (
    r"<(?P<name>script|style|noscript)\b[^>]*>[\s\S]{0,20000}?</(?P=name)>|<!--[\s\S]{0,2000}?-->"
)
_RULES = rf"(?:[.#@]?[A-Za-z][\w.#:, >*\-]*\{{[^{{}}:{_HAN}]*:[^{{}}{_HAN}]*\}}[ \t]*)+"
_CODE = (
    r"(?:var |let |const |function\s+\w+\(|\(function|!function|document\.|window\.|\$\(|_hmt)"
    rf"[^{_HAN}\n]*[;}})]"
)
_FIELD = r"(?:\{\{[^{}\n]{1,60}\}\}|\$\{[\w.]{2,40}\}|<%=?[^%\n]{1,60}%>|\{\$[\w.\->]{2,40}\}|\$[a-z_]{3,20}\$)"
_FIELDS = rf"{_FIELD}(?:[ \t|/·\-:：]*{_FIELD})*"
_BLOCK = rf"(?:{_ELEMENT}|{_RULES}|{_CODE}|{_FIELDS})"
_ABOVE = re.compile(rf"\s*{_BLOCK}[ \t]*\n\s*")
_BELOW = re.compile(rf"(?:^|\n)[ \t\n]*{_BLOCK}\s*$")
_SIGNS = ("<script", "<style", "<noscript", "<!--", "{", "$", "<%", "document.", "window.", "_hmt")
_ABOUT_CODE = re.compile(
    "代码|代碼|程序|编程|脚本|模板|标签|JavaScript|Python|CSS|HTML|XSS|暗链|黑链|篡改|漏洞|源码",
    re.IGNORECASE,
)


def strip(text: str) -> Iterator[Change]:
    """The cut of such lines from above and below."""
    if not any(sign in text for sign in _SIGNS):
        return
    start, end = 0, len(text)
    for _ in range(_MOST):
        match = _ABOVE.match(text, start, end)
        if match is None:
            break
        start = match.end()
    for _ in range(_MOST):
        # `search` would try each line end: the block is looked for from the last lines up
        match = _last(text, start, end)
        if match is None:
            break
        end = match.start()
    left = text[start:end]
    if left == text or _ABOUT_CODE.search(left) or len(HAN.findall(sentences(left))) < _PROSE:
        return
    for first, last in ((0, start), (end, len(text))):
        if first < last:
            evidence = text[first:last].strip()[:80]
            yield Change(first, last, "", "leaked-source", evidence, 0.95, "leaked-markup")


def _last(text: str, start: int, end: int) -> re.Match[str] | None:
    at = end
    for _ in range(_MOST):
        at = text.rfind("\n", start, at)
        if at < 0:
            return None
        if text[at:end].strip():
            if match := _BELOW.fullmatch(text, at, end):
                return match
            if HAN.search(text, at, end) and "<" not in text[at:end]:
                return None
    return None

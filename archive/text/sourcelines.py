"""Source shown as text: scripts, styles and placeholders around an article and between its paragraphs.

Only whole elements and whole lines, and only around a text of sentences that does not itself speak of code. Between
paragraphs the line above must end a sentence: a lesson announces its listing (写上：, 第三题).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from archive.farms.farmitems import HAN, sentences
from archive.model import Candidate, Change

_PROSE = 60  # Han in sentences: less is no article whose source leaked
_MOST = 60  # elements of a text that are looked at; each may be read to its longest
_LONGEST = 20_000  # characters of a line that is asked what it is
_HAN = "\u3400-\u9fff"
_OPENER = re.compile(r"<(script|style|noscript|iframe|object|embed)\b[^>]{0,2000}>|<!--")
_INSIDE = 20_000  # characters of an element
_FONTS = "(?:宋体|新宋体|黑体|仿宋|楷体|微软雅黑|宋體|黑體)(?:_GB2312)?"
_RULES = (
    rf"(?:[.#@]?[A-Za-z][\w.#:, >*\-]*\{{[^{{}}:{_HAN}]*:(?:[^{{}}{_HAN}]|{_FONTS})*\}}[ \t]*)+"
)
_CODE = (
    r"(?:var |let |const |function\s+\w+\(|\(function|!function|document\.|window\.|\$\(|_hmt|with\(document\))"
    rf"[^{_HAN}\n]*[;}})]"
)
_OPENS = (
    rf"(?:(?:[.#@]?[A-Za-z][\w.#:, >*\-]*|!?\(?function[^{_HAN}\n{{]{{0,80}})\{{)"  # .article p {
)
_DATA = rf'[\[{{]{{1,2}}"\w+"[ \t]*:[^{_HAN}\n]*[\]}}];?'  # {"code":200}
_FIELD = r"(?:\{\{[^{}\n]{1,60}\}\}|\$\{[\w.]{2,40}\}|<%=?[^%\n]{1,60}%>|\{\$[\w.\->]{2,40}\}|\$[a-z_]{3,20}\$)"
_FIELDS = rf"{_FIELD}(?:[ \t|/·\-:：]*{_FIELD})*"
# </script> </body> </html>, alone in their line; a text with the beginning of a page is its source
_TAGS = r"(?:</(?:html|body|script|style|noscript)>[ \t]*|<title>[^<>\n]{0,200}</title>[ \t]*)+"
_LINE = re.compile(
    rf"[ \t]*(?:{_RULES}|{_CODE}|{_OPENS}|{_DATA}|{_FIELDS}|{_TAGS})[ \t]*", re.IGNORECASE
)
# What stands among such lines: });  hm.src = "…";  // 统计代码
_AMONG = re.compile(
    rf"[ \t]*(?:[^{_HAN}\n]*[;{{}}(]|[^{_HAN}\n:=]*[:=][ \t]*[\"'{{\[\d][^{_HAN}\n]*,|[{{}}()\[\];,]*|//[^。\n]*|/\*[^。\n]*\*/)[ \t]*"
)
_TITLE = re.compile(r"<title>\s*([^<>\n]{2,120})</title>")
_SIGNS = (
    "<script",
    "<style",
    "<noscript",
    "<!--",
    "{",
    "$",
    "<%",
    "document.",
    "window.",
    "_hmt",
    "</",
    "<title>",
)
_ABOUT_CODE = re.compile(
    r"(?<![用构構目票政区區证證券])代[码碼]|程序[员員设設语語]|编程|編程|脚本|腳本|运行结果|语句|变量|函数|网页制作|信息技术|样式"
    r"|模板(?:文件|引擎)|标签(?:页|属性)|源[码碼]|[链鏈]接代|暗[链鏈]|黑[链鏈]|篡改|(?:系统|软件|网站|高危)漏洞"
    r"|(?<![A-Za-z0-9_./])(?:JavaScript|Python|CSS|HTML|XSS)",  # and no map.html
    re.IGNORECASE,
)
_MARKUP = re.compile(r"(?:<[^<>\n]{1,200}>|\s)+$")  # leaked behind the sentence: 。<br/>
_TAGS_BEHIND = 600
_ENDED = ("。", "！", "？", "；", "”", "）", ")", "!", "?", ";")


def strip(text: str) -> Iterator[Change]:
    """The cut of such elements and lines."""
    if not any(sign in text for sign in _SIGNS):
        return
    spans = list(_spans(text))
    left = _without(text, spans)
    if not spans or _ABOUT_CODE.search(left) or len(HAN.findall(sentences(left))) < _PROSE:
        return
    for start, end in spans:
        evidence = text[start:end].strip()[:80]
        title = _TITLE.search(text, start, end)
        found = (Candidate("title", title[1].strip(), "line:title"),) if title else ()
        yield Change(start, end, "", "leaked-source", evidence, 0.95, "leaked-markup", found=found)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept = [0, *(at for span in spans for at in span), len(text)]
    return "".join(text[kept[i] : kept[i + 1]] for i in range(0, len(kept), 2))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """What is source, in order: runs of lines of code, each element a line of its own or part of one."""
    elements = list(_elements(text))
    run: list[tuple[int, int]] = []  # lines, the last of them sure
    maybe: list[tuple[int, int]] = []  # … and those behind it that may belong to it
    above = ""  # the last line of the text
    for start, end in _lines(text, elements):
        line = text[start:end]
        inside = [span for span in elements if start <= span[0] and span[1] <= end]
        if (inside and not _without(line, _from(inside, start)).strip()) or (
            len(line) <= _LONGEST and _LINE.fullmatch(line)
        ):
            run += [*maybe, (start, end)]
            maybe = []
        elif run and len(line) <= _LONGEST and _AMONG.fullmatch(line):
            maybe.append((start, end))
        else:
            yield from _cut(text, run, maybe, above, elements)
            yield from inside
            run, maybe, above = [], [], line.rstrip() or above
    yield from _cut(text, run, maybe, above, elements)


def _from(spans: list[tuple[int, int]], start: int) -> list[tuple[int, int]]:
    return [(first - start, last - start) for first, last in spans]


def _cut(
    text: str,
    run: list[tuple[int, int]],
    maybe: list[tuple[int, int]],
    above: str,
    elements: list[tuple[int, int]],
) -> Iterator[tuple[int, int]]:
    """The run with its line ends, where it stands at an end of the text or below a sentence."""
    if not run:
        return
    run = [*run, *maybe]
    start, end = run[0][0], run[-1][1]
    last = not text[end:].strip()
    if not above or last or _MARKUP.sub("", above[-_TAGS_BEHIND:]).endswith(_ENDED):
        start = start - 1 if last and start else start
        yield start, len(text) if last else end + 1
    else:  # an element needs no sentence above
        yield from (span for span in elements if start <= span[0] and span[1] <= end)


def _elements(text: str) -> Iterator[tuple[int, int]]:
    """Whole elements; `<script>` without its end is none."""
    read = 0
    for opener in islice(_OPENER.finditer(text), _MOST) if "<" in text else ():
        closing = f"</{opener[1]}>" if opener[1] else "-->"
        close = text.find(closing, opener.end(), opener.end() + _INSIDE)
        if opener.start() >= read and close >= 0:
            read = close + len(closing)
            yield opener.start(), read


def _lines(text: str, elements: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The lines of the text; an element of several lines is in one of them."""
    start, left = 0, elements[:]
    while start <= len(text):
        end = text.find("\n", start) % (len(text) + 1)
        while left and left[0][0] < end:
            if left[0][1] > end:
                end = text.find("\n", left[0][1]) % (len(text) + 1)
            left.pop(0)
        yield start, end
        start = end + 1

"""The number of a government document, 阳政办〔2019〕17号: the article's own, not one it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.gkml import DOC_NUMBER
from archive.labels import fold
from archive.model import Candidate

# Words before an agency's code that the pattern takes in: 根据国办发〔2017〕47号.
_LEAD = re.compile(
    "^.*(?:根据|按照|依据|依照|遵照|参照|印发|转发|贯彻|落实|执行|公布|颁布|出台|关于|通知|文件|以及|下发|办法|规定|意见|方案"
    "|已以|[的及与《》以]|(?<=.)和|^和)"
)
# A document named so is the ground of this one: 根据《…的通知》（…号）精神.
_GROUND = re.compile("根据|按照|依据|依照|遵照|参照|落实|贯彻|执行|依法")
_SPIRIT = re.compile(r"^[)）\]】〕]{0,2}(?:等)?(?:文件)?(?:的)?(?:精神|要求|规定|有关)")
# What every number holds behind its agency: the agency alone starts at every character of a text.
_FIGURES = re.compile(r"[〔\[（(【]\s?(?:20\d\d|19\d\d)\s?[〕\]）)】]\s?第?\s?\d{1,5}\s?[号號]")
_SENTENCE = 90  # characters before a number in which its verb stands; the longest title has 60
_HEAD = 15  # lines of an official document above its text


def document_number(candidates: Sequence[Candidate], text: str) -> list[Candidate]:
    """The article's own number from title or text, where no table gave one.

    In order: one in a title; a line near the head that is nothing else (the line under an official
    heading); the only number of the text that is not cited as a ground (根据…, …精神). The last
    rule takes the number a notice announces or a meeting handed out, as sample 004 does. Of 11
    development pages with a single number it drops the 7 that cite one and keeps the 4 own ones;
    its cost is news that cites one document without such words and is filed under its number.
    """
    for candidate in candidates:
        if candidate.field == "title":
            for number, _ in _numbers(candidate.value):
                return [Candidate("doc_number", number, f"title:{candidate.origin}")]
    for line in text.split("\n")[:_HEAD]:
        for number, _ in _numbers(line):
            if len(re.sub(r"\W", "", line)) <= len(re.sub(r"\W", "", number)) + 2:
                return [Candidate("doc_number", number, "text:line")]
    own = list(dict.fromkeys(number for number, cited in _numbers(text) if not cited))
    return [Candidate("doc_number", own[0], "text:only")] if len(own) == 1 else []


def _numbers(text: str) -> Iterator[tuple[str, bool]]:
    """Every number with whether it is cited as a ground."""
    if not _FIGURES.search(text):
        return
    folded = fold(text)
    for match in DOC_NUMBER.finditer(text):
        lead = _LEAD.match(folded[match.start("agency") : match.end("agency")])
        start = match.start("agency") + (lead.end() if lead else 0)
        if start == match.end("agency") or folded[match.end("agency") - 1] in "厅局部院室府":
            continue  # 省政府办公厅[2016]32号: a way of speaking, no code
        before = re.split("[。；;\n]", folded[max(0, match.start() - _SENTENCE) : start])[-1]
        cited = _GROUND.search(before) or _SPIRIT.search(folded[match.end() : match.end() + 10])
        yield re.sub(r"\s", "", text[start : match.end()]), bool(cited)

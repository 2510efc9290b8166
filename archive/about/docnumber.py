"""The number of a government document, 阳政办〔2019〕17号: the article's own, not one it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.about.gkml import DOC_NUMBER
from archive.about.labels import fold
from archive.model import Candidate

# Words before an agency's code that the pattern takes in: 根据国办发〔2017〕47号.
_LEAD = re.compile(
    "^.*(?:根据|按照|依据|依照|遵照|参照|印发|转发|贯彻|落实|执行|公布|颁布|出台|关于|通知|文件|以及|下发|办法|规定|意见|方案"
    "|已以|[的及与《》以]|(?<=.)和|^和)"
)
# The act by which a document is given out: 会上下发了《…》（…号）, 现印发《…》（…号）, 公布…号.
_ACT = re.compile(
    "^(?:公布|发布|印发)$|(?:现|兹|会上|会议上)[^，,：:]{0,12}(?:印发|下发|发布|公布)"
)
# A document named so is another one: dated, in force before, the ground of this one.
_OTHER = re.compile(r"根据|按照|依据|依照|遵照|参照|落实|贯彻|执行|依法|(?:19|20)\d\d年|收到|转发")
_SPOKEN_OF = re.compile(
    r"^[)）\]】〕]{0,2}[^，。；]{0,4}(?:精神|要求|规定|有关|明确|废止|失效|基础|转发)"
)
# What every number holds behind its agency: the agency alone starts at every character of a text.
_FIGURES = re.compile(r"[〔\[（(【]\s?(?:20\d\d|19\d\d)\s?[〕\]）)】]\s?第?\s?\d{1,5}\s?[号號]")
_WIDEST = 18  # characters of these
_AGENCY = 13  # characters before them: twelve of its name and a blank
_SENTENCE = 90  # characters before a number in which its verb stands; the longest title has 60
_HEAD = 15  # lines of an official document above its text


def document_number(candidates: Sequence[Candidate], text: str) -> list[Candidate]:
    """The article's own number from title or text, where no table gave one.

    In order: one in a title; one that opens a line near the head and is all of it or has a colon
    behind it (the line under an official heading); the only number that the text gives out, as a
    meeting hands one out in sample 004. A number that a text merely speaks of is another
    document's: taken for its own it was wrong on 25 of 26 articles of saved sites. Its cost are
    notices that print their own number in running text only.
    """
    for candidate in candidates:
        if candidate.field == "title":
            for number, _ in _numbers(candidate.value):
                return [Candidate("doc_number", number, f"title:{candidate.origin}")]
    for line in text.split("\n")[:_HEAD]:
        own = number_of(line)
        if own:
            return [Candidate("doc_number", own, "text:line")]
    given = list(dict.fromkeys(number for number, is_given in _numbers(text) if is_given))
    return [Candidate("doc_number", given[0], "text:only")] if len(given) == 1 else []


def number_of(line: str) -> str | None:
    """The number that is all of a line, or opens it before a colon.

    >>> number_of("清政办发〔2021〕3号"), number_of("根据国办发〔2017〕47号，现通知如下。")
    ('清政办发〔2021〕3号', None)
    """
    for number, _ in _numbers(line):
        bare = re.sub(r"\s", "", line)
        if len(re.sub(r"\W", "", bare)) <= len(re.sub(r"\W", "", number)) + 2:
            return number
        if bare.startswith((f"{number}:", f"{number}：")):
            return number
    return None


def _holds_figures(text: str) -> bool:
    """Whether `_FIGURES` finds anything: looked for where its last character stands."""
    for last in "号號":
        at = text.find(last)
        while at >= 0:
            if _FIGURES.search(text, max(0, at + 1 - _WIDEST), at + 1):
                return True
            at = text.find(last, at + 1)
    return False


def _matches(text: str) -> Iterator[re.Match[str]]:
    """`DOC_NUMBER.finditer(text)`, asked only where the figures stand that end every number: the agency
    before them is tried at every character of a text."""
    read = 0
    for figures in _FIGURES.finditer(text):
        start = max(read, figures.start() - _AGENCY)
        match = DOC_NUMBER.search(text, start, figures.end()) if figures.start() >= read else None
        if match:
            yield match
            read = match.end()


def _numbers(text: str) -> Iterator[tuple[str, bool]]:
    """Every number with whether the text gives it out."""
    if not _holds_figures(text):
        return
    folded = fold(text)
    for match in _matches(text):
        lead = _LEAD.match(folded[match.start("agency") : match.end("agency")])
        start = match.start("agency") + (lead.end() if lead else 0)
        if start == match.end("agency") or folded[match.end("agency") - 1] in "厅局部院室府":
            continue  # 省政府办公厅[2016]32号: a way of speaking, no code
        before = re.split("[。；;\n]", folded[max(0, match.start() - _SENTENCE) : start])[-1]
        after = folded[match.end() : match.end() + 16]
        outside = re.sub("《[^》]*》", "", before)
        other = _OTHER.search(outside) or _SPOKEN_OF.match(after)
        given = bool(_ACT.search(outside)) and not other
        yield re.sub(r"\s", "", text[start : match.end()]), given

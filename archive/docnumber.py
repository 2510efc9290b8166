"""The number of a government document, 阳政办〔2019〕17号."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.gkml import DOC_NUMBER
from archive.model import Candidate

# Words before an agency's code that the pattern takes in: 根据国办发〔2017〕47号.
_LEAD = re.compile(
    r"^.*(?:根据|按照|依据|依照|遵照|印发|印發|转发|轉發|贯彻|貫徹|落实|落實|关于|關於|關于|通知|文件|以及|下发|下發|办法|规定|意见|方案|参照|执行|已以|[的及与與《》以]|(?<=.)和)"
)


def document_number(candidates: Sequence[Candidate], text: str) -> list[Candidate]:
    """The article's own number from title or text, where no table gave one.

    In order: one in a title; a line of the text that is nothing else (the line under an official
    heading); the only number in the whole text. The last rule is right for a notice that names
    its own or announces one document, and wrong for news that cites one document: such an article
    carries the number of what it speaks of, as sample 004 does. Several numbers give none.
    """
    for candidate in candidates:
        if candidate.field == "title":
            for number in _numbers(candidate.value):
                return [Candidate("doc_number", number, f"title:{candidate.origin}")]
    for line in text.split("\n")[:15]:
        found = _numbers(line)
        if len(found) == 1 and len(re.sub(r"\W", "", line)) <= len(re.sub(r"\W", "", found[0])) + 2:
            return [Candidate("doc_number", found[0], "text:line")]
    found = list(dict.fromkeys(_numbers(text)))
    return [Candidate("doc_number", found[0], "text:only")] if len(found) == 1 else []


def _numbers(text: str) -> list[str]:
    out = []
    for match in DOC_NUMBER.finditer(text):
        agency = _LEAD.sub("", match["agency"])
        if agency:
            out.append(re.sub(r"\s", "", agency + text[match.end("agency") : match.end()]))
    return out

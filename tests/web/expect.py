"""What a reader should get from each page of the test web."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expect:
    """The expected result of one URL.

    An article has `verdict`; everything else has `rejected`, the reason it is not one. Where
    both are None the outcome is not pinned. Of the other fields None means the same. On a page
    with the flag `gbk-cut` the lines are the clean text: what a perfect repair would give.
    """

    title: str | None = None
    date: str | None = None  # as Article.published: ISO 8601 at +08:00, or a plain date
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    doc_number: str | None = None
    column: str | None = None
    lines: tuple[str, ...] | None = None  # the exact lines of `text`; None: not pinned
    attachments: tuple[tuple[str, str], ...] = ()  # (absolute URL, name)
    flags: tuple[str, ...] = ()  # must be among the article's flags
    verdict: str | None = None
    rejected: str | None = None
    key: str | None = None  # sentence id
    same_as: str | None = None  # URL of the original this page copies
    parts: tuple[str, ...] = ()  # URLs of the further pages of this article, in order
    part_of: str | None = None  # this URL is a further page of that article

    @property
    def text(self) -> str | None:
        """The lines as one text."""
        return None if self.lines is None else "\n".join(self.lines)


def expected(host: str) -> Mapping[str, Expect]:
    """URL (http) -> expected result, for every page and file of a host."""
    from tests.web.hosts import site

    return site(host).expected

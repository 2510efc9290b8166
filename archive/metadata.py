"""Metadata of an article: who, when, where from. The functions the pipeline calls.

read_line, is_byline, is_empty_row,
trailing_credit                          what the lines around a text say
from_page                                what the page says outside its text
title_of                                 the best title of some candidates
choose                                   one value for each field, and who disagreed
dateline                                 the day the opening paragraph reports
"""

from __future__ import annotations

from archive.about.bylines import trailing_credit
from archive.about.choose import choose, title_of
from archive.about.dates import dateline
from archive.about.gkml import is_empty_row
from archive.about.headline import breadcrumb, is_byline, read_line
from archive.about.pagemeta import from_page
from archive.about.provenance import provenance_flags
from archive.about.script import is_mechanical_traditional

__all__ = [
    "breadcrumb",
    "choose",
    "dateline",
    "from_page",
    "is_byline",
    "is_empty_row",
    "is_mechanical_traditional",
    "provenance_flags",
    "read_line",
    "title_of",
    "trailing_credit",
]

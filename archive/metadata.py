"""Metadata of an article: who, when, where from. The functions the pipeline calls.

read_line, is_byline, is_empty_row,
is_source, names_editor, row_labels, row_values,
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
from archive.about.gkml import ENOUGH, is_empty_row, row_labels, row_values
from archive.about.headline import (
    all_names,
    breadcrumb,
    is_byline,
    is_source,
    names_editor,
    read_line,
)
from archive.about.pagemeta import from_page
from archive.about.provenance import provenance_flags
from archive.about.script import is_mechanical_traditional

__all__ = [
    "ENOUGH",
    "all_names",
    "breadcrumb",
    "choose",
    "dateline",
    "from_page",
    "is_byline",
    "is_empty_row",
    "is_mechanical_traditional",
    "is_source",
    "names_editor",
    "provenance_flags",
    "read_line",
    "row_labels",
    "row_values",
    "title_of",
    "trailing_credit",
]

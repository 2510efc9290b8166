"""What a page gives its site's memory to learn from: every line of its body."""

from __future__ import annotations

from archive.about import sitename
from archive.known import INSIDE
from archive.model import Page
from archive.page import containers, dom, nodes, pageclass, ways
from archive.page.flow import flow
from archive.text import linerules


def page_lines(page: Page) -> list[str]:
    """The lines of a page's whole body; those inside the run of its sentences begin with `¶`."""
    if page.kind == "text":
        return [line for line in page.text.split("\n") if line.strip()]
    parsed = dom.parse(page.text)
    if parsed is None:
        return []
    tree = nodes.read(parsed.root)
    lines = flow(tree, is_body=containers.is_shown)
    pageclass.mark_frame(lines)
    title = sitename.cut_site_name(sitename.html_title(tree))
    first, last = ways.core(lines, title)
    inside = (
        line.text for line in lines.lines[first:last] if not linerules.is_bare_date(line.text)
    )
    outside = (line.text for line in (*lines.lines[:first], *lines.lines[last:]))
    return [*outside, *(INSIDE + line for line in inside)]

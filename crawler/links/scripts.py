"""Links that a page writes with script: string expressions evaluated, nothing executed.

Chinese CMS templates print menus, neighbours and pagers through `document.write('<a href=…')`,
jQuery `append`, or a jump `location.href='…'`. Such an expression is string literals and names
joined by `+`; names are looked up among the literals assigned before. What cannot be known
(a loop's counter, a call) becomes a hole, and a link with a hole is no link.

Right for templates, which print one value per page; wrong where a script builds addresses from
data it fetches: those stay unknown and the page looks empty.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.page.literals import unescaped

# Characters of script read on one page: the longest of the saved trees has 96,000 (2026-11).
SCRIPT_BUDGET = 400_000
HOLE = "\ufffc"

_WORTH_READING = re.compile(r"href|location|open\s*\(|<iframe", re.IGNORECASE)
_REQUEST = re.compile(
    r"\b(?:fetch|ajax|axios|get|post|getJSON|getScript|open)\s*\(|\burl\s*:", re.IGNORECASE
)
_ASKS = re.compile(r"(?:^|\.)(?:fetch|ajax|axios|get|post|getJSON|url)$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?:/)?/{0,2}[\w.~%-]*/\S*|[\w./~%-]+\.(?:json|jsp|do|php|aspx?)(?:\?\S*)?"
)
# A string that is not closed on its line takes the line with it, so that reading stays linear.
_TOKEN = re.compile(
    r"""(?s)(?P<skip>\s+|//[^\n]*|<!--[^\n]*|/\*)
    |(?P<string>"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|`(?:[^`\\\n]|\\.)*+`)
    |(?P<torn>["'`][^\n]*)
    |(?P<name>[A-Za-z_$][\w$.]*|\d[\w.]*)
    |(?P<mark>[=!<>]=+|[-+*/%&|^]=|\+\+|--|=>|.)""",
    re.VERBOSE,
)
_WRITTEN = re.compile(
    r"""(?is)<(a|area|iframe|frame)\b([^<>]*)>([^<]*)|<option\b[^<>]*\bvalue\s*=\s*["']?([^"'>\s]+)"""
)
_ATTRIBUTE = re.compile(r"""(?is)\b([\w-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_JUMP = re.compile(r"(?:^|\.)location(?:\.href)?$")
_NEVER = re.compile(r"(?!)")
_JUMP_CALL = re.compile(r"(?:(?:^|\.)location\.(?:replace|assign)|^(?:window\.)?open)$")


@dataclass(frozen=True, slots=True)
class Written:
    """A link a script writes: the address as written, its text, and its tag or `jump`.

    A jump to an address that holds what only running the script would tell is `unknown`.
    """

    href: str
    text: str
    tag: str


def written(script: str) -> Iterator[Written]:
    """The links a script writes or jumps to.

    >>> [w.href for w in written("var p='../zwgk/'; document.write('<a href=\\"'+p+'\\">公开</a>')")]
    ['../zwgk/']
    """
    return (each for each in told(script) if each.tag != "unknown")


def told(script: str) -> Iterator[Written]:
    """What `written` gives, and the jumps whose address is known in part."""
    if not _WORTH_READING.search(script):
        return
    for value, target, mark in _values(list(_tokens(script[:SCRIPT_BUDGET]))):
        jump = _JUMP if mark == "=" else _JUMP_CALL if mark == "(" else _NEVER
        if jump.search(target) and value:
            yield Written(value, "", "unknown" if HOLE in value else "jump")
        elif "<" in value:
            yield from _links(value)


def asked(script: str) -> Iterator[str]:
    """Addresses a script asks for data, with holes where only running it would tell.

    >>> list(asked("var c='7'; $.get('/info/getInfoCommon/?currpage='+n+'&id='+c, show)"))
    ['/info/getInfoCommon/?currpage=￼&id=7']
    """
    if not _REQUEST.search(script):
        return
    for value, target, mark in _values(list(_tokens(script[:SCRIPT_BUDGET]))):
        named = mark in ("(", ":", "=") and _ASKS.search(target)
        opened = mark == "," and target.upper() in ("GET", "POST")  # xhr.open("GET", address)
        if (named or opened) and _ADDRESS.fullmatch(value):
            yield value


def assigned(script: str) -> dict[str, str]:
    """Names and the one literal, string or number, last assigned to each."""
    tokens = list(_tokens(script[:SCRIPT_BUDGET]))
    named = zip(tokens, tokens[1:], tokens[2:], [*tokens[3:], ("mark", ";")], strict=False)
    return {
        target: value
        for (_, target), (_, mark), (kind, value), (_, after) in named
        if mark == "=" and after != "+" and (kind == "string" or value.isdigit())
    }


def _tokens(script: str) -> Iterator[tuple[str, str]]:
    position = 0
    while match := _TOKEN.match(script, position):
        position = match.end()
        kind = str(match.lastgroup)
        if match[0] == "/*":
            position = script.find("*/", position) + 2
            if position == 1:
                return
        elif kind == "string":
            yield kind, unescaped(match[0][1:-1])
        elif kind != "skip":
            yield kind, match[0]


def _values(tokens: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Every string expression, with the two tokens before it: `location.href`, `=`."""
    names: dict[str, str] = {}  # strings only: a number may be a loop's first
    at = 0
    while at < len(tokens):
        start = at
        value, at = _expression(tokens, at, names)
        if value is None:
            at = start + 1
            continue
        before = [text for _, text in tokens[max(0, start - 2) : start]]
        target, mark = before if len(before) == 2 else ("", "")
        is_number = tokens[start][0] == "name" and value.isdigit()
        if mark == "=" and HOLE not in value and not is_number:
            names[target] = value
        yield value, target, mark


def _expression(
    tokens: list[tuple[str, str]], at: int, names: dict[str, str]
) -> tuple[str | None, int]:
    """The value of `operand + operand + …` that starts here and the index behind it; `None`
    where none starts: a lone name that is a target or a call, or anything else."""
    parts: list[str] = []
    while at < len(tokens):
        kind, text = tokens[at]
        following = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        if kind == "name" and not parts and following in ("=", "(", "[", ":"):
            return None, at
        if kind == "string":
            parts.append(text)
        elif kind == "name":
            parts.append(text if text.isdigit() else names.get(text, HOLE))
        elif (kind, text) == ("mark", "(") and parts:
            parts.append(HOLE)
        else:
            break
        at = _behind_operand(tokens, at)
        if at >= len(tokens) or tokens[at] != ("mark", "+"):
            return "".join(parts), at
        at += 1
    return ("".join(parts) + HOLE if parts else None), at


def _behind_operand(tokens: list[tuple[str, str]], at: int) -> int:
    """The index behind an operand with the calls, subscripts and brackets that belong to it."""
    at += tokens[at] != ("mark", "(")
    while at < len(tokens) and tokens[at] in (("mark", "("), ("mark", "[")):
        depth = 0
        while at < len(tokens):
            kind, text = tokens[at]
            depth += (kind == "mark") * ((text in "([") - (text in ")]"))
            at += 1
            if depth == 0:
                break
    return at


def _links(fragment: str) -> Iterator[Written]:
    for match in _WRITTEN.finditer(fragment):
        tag = (match[1] or "option").lower()
        attributes = {
            name.lower(): double or single or bare
            for name, double, single, bare in _ATTRIBUTE.findall(match[2] or "")
        }
        href = html.unescape(match[4] or attributes.get("href") or attributes.get("src") or "")
        text = match[3] or attributes.get("title") or ""
        if href and HOLE not in href:
            yield Written(href, "" if HOLE in text else html.unescape(text).strip(), tag)

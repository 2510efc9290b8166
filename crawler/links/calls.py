"""Links made by calling a function that the page itself defines: `javascript:gopage(2)`,
`onclick="view('8a81')"`, `onchange="location='list.asp?page='+this.value"`.

The arguments are put in the place of the parameters, and what the body jumps to is read as any
other script is (crawler/links/scripts.py): nothing is executed, and what cannot be known stays unknown.
Right for pagers and item links of JSP, ASP and .NET templates. Where a body chooses between two
addresses both are links; one of them is then mostly the page itself. Functions of script files are
not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property

from crawler.links import scripts

FUNCTIONS = 200  # of one page that jump; the saved trees have at most 30 (2026-11)
READ = 1000  # functions of one page that are looked at: an eighth of a second at worst
CALLS = 1000  # different ones of one page: the options of a pager
_BODY = 4000  # characters of a function that jumps
_LONGEST = 500  # characters of a call
# Begins with a literal, so that scripts are skipped through; a name may also stand before it.
_DEFINED = re.compile(r"function\s{0,20}(\w{0,60})\s{0,20}\(([\w$\s,]{0,200})\)\s*\{")
_NAMED = re.compile(r"(?<![\w$])(\w{1,60})\s*[=:]\s*$")
_NAME = 64  # characters before a function in which its name stands
_CALL = re.compile(r"(?:\breturn\s+)?(?<![\w$])(?P<name>\w{1,60})\s*\((?P<given>[^()]{0,300})\)")
_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(\d{1,12})|([^,]*))\s*(?:,|$)""")
_JUMPS = re.compile(r"\blocation\b|\bopen\s*\(")
_OWN_VALUE = re.compile(
    r"(?:this\.)?options\[(?:this\.)?selectedIndex\]\.value|this\.value|\$\(this\)\.val\(\)"
)


class Calls:
    """What the functions of one page jump to; `script` is the text of its script elements."""

    def __init__(self, script: str) -> None:
        self._script = script[: scripts.SCRIPT_BUDGET]
        self._seen: dict[str, list[str]] = {}

    def of(self, text: str) -> list[str]:
        """The addresses that a piece of script jumps to by the functions it calls.

        >>> Calls("function go(n){location.href='list_'+n+'.html'}").of("javascript:go(2)")
        ['list_2.html']
        """
        if len(text) > _LONGEST or "(" not in text or not self._functions:
            return []
        if text not in self._seen:
            if len(self._seen) >= CALLS:
                return []
            self._seen[text] = list(self._targets(text))
        return self._seen[text]

    def chosen(self, text: str, value: str) -> list[str]:
        """The addresses that the script of a select jumps to when `value` is chosen."""
        spoken = _OWN_VALUE.sub(lambda _: json.dumps(value), text[:_LONGEST])
        if spoken == text:
            return []
        return [*(each.href for each in scripts.written(spoken)), *self.of(spoken)]

    @cached_property
    def _functions(self) -> dict[str, tuple[list[str], str]]:
        """Parameters and body of each function that jumps, by name."""
        found: dict[str, tuple[list[str], str]] = {}
        if "location" not in self._script and "open" not in self._script:
            return found
        for count, match in enumerate(_DEFINED.finditer(self._script)):
            if count >= READ or len(found) >= FUNCTIONS:
                break
            before = self._script[max(0, match.start() - _NAME) : match.start()]
            named = match[1] or ((said := _NAMED.search(before)) and said[1])
            body = _body(self._script, match.end()) if named else ""
            if named and _JUMPS.search(body):
                found[named] = [name.strip() for name in match[2].split(",")], body
        return found

    def _targets(self, text: str) -> Iterator[str]:
        for call in _CALL.finditer(text):
            names, body = self._functions.get(call["name"], ([], ""))
            if body:
                given = list(zip(names, _arguments(call["given"]), strict=False))
                known = "".join(f"{n}={json.dumps(v)};" for n, v in given if n and v is not None)
                for name, value in given:
                    body = _reckoned(body, name, value)
                yield from (each.href for each in scripts.written(known + body))


def _arguments(given: str) -> Iterator[str | None]:
    """The literals of a call, `None` where an argument is none."""
    for double, single, number, other in _ARGUMENT.findall(given):
        yield None if other.strip() else double or single or number


def _reckoned(body: str, name: str, value: str | None) -> str:
    """A body with `(n - 1)` and the like as the figure it is."""
    if not name or value is None or not value.isdecimal():
        return body
    spoken = rf"(?:parseInt\(\s*{name}\s*\)|(?<![\w$.]){name})"
    within = re.compile(rf"\(\s*{spoken}\s*([-+])\s*(\d{{1,2}})\s*\)|{spoken}\s*(-)\s*(\d{{1,2}})")
    return within.sub(lambda m: json.dumps(str(_sum(int(value), *m.groups()))), body)


def _sum(number: int, sign: str | None, figure: str | None, minus: str, less: str) -> int:
    if sign == "+":
        return number + int(figure or 0)
    return number - int(figure or less)


def _body(script: str, start: int) -> str:
    """The text up to the brace that closes a function; "" where it is too long."""
    depth, at = 1, start
    for brace in re.finditer(r"[{}]", script[start : start + _BODY]):
        depth += 1 if brace[0] == "{" else -1
        at = start + brace.start()
        if depth == 0:
            return script[start:at]
    return ""

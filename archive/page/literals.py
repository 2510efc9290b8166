"""String literals of scripts, read without running them, and the marks of templates not filled in yet."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL
)
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "", "v": "", "0": ""}
_CONTINUED = {"\n": "", "\r\n": ""}  # a line end that the string goes on behind
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNFILLED = re.compile(r"\{\{|\$\{|<%|\{%|\[!--|\{@")


def unescaped(literal: str) -> str:
    r"""What a literal of JavaScript or JSON stands for (ECMA-262, 12.9.4; RFC 8259, 7), without its
    quotes. Control characters but line ends and tabs are left out.

    >>> unescaped(r"\u4e00\/\x41\ud842\udfb7\u{20bb7}")
    '一/A𠮷𠮷'
    """
    if "\\" not in literal:
        return literal
    text = _ESCAPE.sub(_character, literal)
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_template(text: str) -> bool:
    """Whether a program or a script has yet to fill something in."""
    return _UNFILLED.search(text) is not None


def _character(match: re.Match[str]) -> str:
    if code := match[1] or match[2] or match[3]:
        return chr(number) if (number := int(code, 16)) <= 0x10FFFF else "\ufffd"
    return _CONTROL.get(match[4], _CONTINUED.get(match[4], match[4]))

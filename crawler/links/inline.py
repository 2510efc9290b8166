"""Items of lists that a page carries for its scripts: objects with a title and an address, and
markup in a textarea or a script of a text type.

`var list = [{"title": …, "url": …}]`, `__NEXT_DATA__`, `window.__NUXT__`, island architectures:
whatever the notation, an item is a flat group of pairs. The cost: a menu's or an advertisement's
object looks the same, so that a few addresses more are looked at, as if they were links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from archive import vocab
from archive.page.literals import is_template, unescaped

# A title's key and its colon, in the notations scripts use: few scripts hold one.
_TITLED = ('itle":', "itle':", "itle:", 'itle" :', "itle' :", "itle :", 'name":', 'subject":')
ITEMS = 5000  # objects of one page
_OBJECT = re.compile(r"\{[^{}]{8,3000}\}")
_PAIR = re.compile(
    r"""(?:"(\w{1,30})"|'(\w{1,30})'|(?<![\w$])(\w{1,30}))\s*:\s*(?:"((?:[^"\\]|\\.){0,500})"|'((?:[^'\\]|\\.){0,500})')"""
)
_ADDRESS = re.compile(
    r"(?:https?://|/|\.{1,2}/)[^\s{}$<>]+|[\w%./-]+\.(?:s?html?|jsp|aspx?|php|do)(?:\?[^\s{}$<>]*)?"
)
_HAN = re.compile("[\u3400-\u9fff]")


def items(script: str) -> Iterator[tuple[str, str, str]]:
    """Address, title and day, as written, of each object in a script that has the first two.

    >>> list(items('var a=[{"title":"关于放假的通知","url":"\\\\/xw\\\\/1.html","date":"2024-01-01"}]'))
    [('/xw/1.html', '关于放假的通知', '2024-01-01')]
    """
    if not any(key in script for key in _TITLED) or not _link_key().search(script):
        return
    for count, match in enumerate(_OBJECT.finditer(script)):
        if count >= ITEMS:
            return
        fields = {
            (one or two or three).lower(): unescaped(double or single).strip()
            for one, two, three, double, single in _PAIR.findall(match[0])
        }
        names = vocab.toml("discover")["api"]
        title = next((fields[name] for name in names["titles"] if fields.get(name)), "")
        address = next((fields[name] for name in names["links"] if fields.get(name)), "")
        if _HAN.search(title) and _ADDRESS.fullmatch(address):
            yield address, title, next((fields[n] for n in names["dates"] if fields.get(n)), "")


def is_markup(text: str) -> bool:
    """Whether the content of a textarea or of a script of a text type is HTML with links in it
    and no template that a script fills."""
    return "<a" in text and "href" in text and not is_template(text)


@cache
def _link_key() -> re.Pattern[str]:
    names = "|".join(vocab.toml("discover")["api"]["links"])
    return re.compile(rf"""\b(?:{names})["']?\s*:\s*["']""", re.IGNORECASE)

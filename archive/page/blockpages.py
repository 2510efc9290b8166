"""Pages that a firewall or a script challenge sends in place of the document.

Signs are data in seeds/vocab/blockpages.toml, each with its evidence. A page with an article's
worth of text is never one of them: notices about firewalls exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from archive import vocab
from archive.errors import VocabularyError

REACH = 64 * 1024  # bytes of a body that are looked at
_CHALLENGED = frozenset((403, 405, 412, 418, 429, 503, 521, 567))
_MUCH_HAN = 200  # visible Han of an article; the longest block page seen shows 140
_SCRIPT = re.compile(r"<(script|style)\b[^<]*(?:<(?!/\1\s*>)[^<]*)*(?:</\1\s*>)?", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,2000}>")
_HAN = re.compile("[\u3400-\u9fff]")
_TABLES = {"evidence", "day", "markup", "words"}


def sign(source: str, status: int = 200) -> str:
    """What shows that the page is a block or challenge page; "" when nothing does.

    >>> sign("<script>document.cookie='a=1';location.reload()</script>", 521)
    'script that sets a cookie and loads again'
    """
    source = source[:REACH]
    visible = _TAG.sub(" ", _SCRIPT.sub(" ", source))
    han = len(_HAN.findall(visible))
    if han >= _MUCH_HAN:
        return ""
    for text in _signs("markup"):
        if text in source:
            return text
    words = [word for word in _signs("words") if word in visible]
    if words and (status in _CHALLENGED or han < 120):
        return words[0]
    if not visible.strip() and re.search(r"cookie", source) and _reloads(source):
        return "script that sets a cookie and loads again"
    if status in (412, 521) and "<script" in source.lower() and han < 20:
        return "script challenge"
    return ""


def _reloads(source: str) -> bool:
    return bool(re.search(r"location\s*(?:\.\s*(?:reload|replace|href|assign)|=|\[)", source))


def _signs(key: str) -> tuple[str, ...]:
    return tuple(_vocabulary()[key])


@cache
def _vocabulary() -> Mapping[str, Any]:
    table = vocab.toml("blockpages")
    if set(table) != _TABLES:
        problem = f"needs exactly {', '.join(sorted(_TABLES))}"
        raise VocabularyError(vocab.folder() / "blockpages.toml", "", problem)
    return table

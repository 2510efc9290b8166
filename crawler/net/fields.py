"""Header fields as servers send them: bytes in whatever character set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.uri import join

if TYPE_CHECKING:
    from scrapy.http import Response

HREF_LIMIT = 4096  # characters; servers refuse addresses longer than 2,083 to 8,190
REFRESH = re.compile(
    r"""^\s*[\d.]*\s*[;,]?\s*url\s*=\s*(["']?)(.*?)\1?\s*$""", re.IGNORECASE | re.DOTALL
)


def as_text(raw: bytes) -> str:
    """A header value as text: UTF-8 where it is that, else GB18030."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def location(response: Response) -> str | None:
    """Where a redirect points, as an absolute URL; None where it points nowhere.

    Bytes beyond ASCII are escaped one by one, as browsers do, so that the server is asked for the
    very bytes it named: a path in GBK stays one. A host name in such bytes is read as text.
    """
    return _resolved(response, (response.headers.get("Location") or b"").strip())


def refresh(response: Response) -> str | None:
    """Where a Refresh field sends the reader, as an absolute URL: what `<meta http-equiv>` imitates.

    Old ASP pages have it. Without an address it only loads the page again: None.
    """
    told = (response.headers.get("Refresh") or b"").decode("latin-1")
    found = REFRESH.match(told[:HREF_LIMIT])
    return _resolved(response, found[2].encode("latin-1")) if found else None


def _resolved(response: Response, raw: bytes) -> str | None:
    if not raw:
        return None
    escaped = "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in raw)
    return join(response.url, escaped) or join(response.url, as_text(raw))

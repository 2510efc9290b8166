"""Log lines that a page cannot forge and that tell no secret: one event, one line, escaped.

Every record of the process is made safe when it is made, whoever logs it: the factory is Python's
own hook for that. A traceback becomes part of its line.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# user:password@ of a URL; the value of a field that lets somebody in, as text or as Python shows it.
_USER = re.compile(r"(\w{1,20}:(?://|%2[Ff]%2[Ff]))[^\s/@'\"]{1,200}@")
_FIELD = re.compile(
    r"(?i)(\b(?:proxy-authorization|authorization|set-cookie|cookie)\b\W{1,6}(?:b['\"])?)[^\r\n\]'\"]{1,4000}"
)


def one_line(value: object) -> str:
    r"""The value as text without control characters.

    >>> one_line("a\r\n\x1b[31mb")
    'a\\x0d\\x0a\\x1b[31mb'
    """
    return _CONTROL.sub(lambda m: f"\\x{ord(m[0]):02x}", str(value))


def redacted(text: str) -> str:
    """The text without what lets somebody in.

    >>> redacted("GET http://me:secret@a.test/ {b'Cookie': [b'sid=1']}")
    "GET http://***@a.test/ {b'Cookie': [b'***']}"
    """
    return _FIELD.sub(r"\1***", _USER.sub(r"\1***@", text))


class SafeRecord(logging.LogRecord):
    """A record whose message is one line without secrets."""

    def getMessage(self) -> str:
        text = super().getMessage()
        if self.exc_info:
            text += "\n" + "".join(traceback.format_exception(*self.exc_info)).rstrip()
            self.exc_info = None
        self.msg, self.args = one_line(redacted(text)), ()
        return self.msg


class OneLineFormatter(LogFormatter):
    """Scrapy's messages, each part of them escaped; with it every record of the process is safe."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OneLineFormatter:
        logging.setLogRecordFactory(SafeRecord)
        return cls()

    def crawled(self, *args: Any, **kwargs: Any) -> LogFormatterResult:
        return _escaped(super().crawled(*args, **kwargs))

    def download_error(self, *args: Any, **kwargs: Any) -> LogFormatterResult:
        return _escaped(super().download_error(*args, **kwargs))

    def spider_error(self, *args: Any, **kwargs: Any) -> LogFormatterResult:
        return _escaped(super().spider_error(*args, **kwargs))


def _escaped(result: LogFormatterResult) -> LogFormatterResult:
    arguments = result["args"]
    if isinstance(arguments, dict):
        safe = {k: one_line(v) if isinstance(v, str) else v for k, v in arguments.items()}
        return {**result, "args": safe}
    return result

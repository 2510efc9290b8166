"""Log lines that a page cannot forge: one event, one line, control characters escaped."""

from __future__ import annotations

import re
from typing import Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def one_line(value: object) -> str:
    r"""The value as text without control characters.

    >>> one_line("a\r\n\x1b[31mb")
    'a\\x0d\\x0a\\x1b[31mb'
    """
    return _CONTROL.sub(lambda m: f"\\x{ord(m[0]):02x}", str(value))


class OneLineFormatter(LogFormatter):
    """Scrapy's messages with every argument escaped."""

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

"""What ends a crawl: the archive cannot be written, or something else that no page is at fault for.
Wherever that shows first, it ends the same way.

A disk fills in the middle of anything: a record, a statement of the frontier, a line of text. The
first error is remembered and is the run's exit code; nothing is asked for or written after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scrapy.utils.defer import deferred_from_coro

from archive.errors import FangzhiError, WriteFailed

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class Failing:
    """The failure of one crawl; None as long as there is none. For the reactor's thread."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.error: FangzhiError | None = None
        self.on_failure: list[Callable[[], None]] = []  # what else is given up, once

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """What the archive cannot keep in here ends the crawl, and raises nothing."""
        try:
            yield
        except FangzhiError as error:
            self.stop(error)
        except OSError as error:
            self.stop(WriteFailed(f"{error.filename or 'archive'}: {error.strerror or error}"))

    def stop(self, error: FangzhiError) -> None:
        """Remember the first failure and end the crawl: nothing more can be kept."""
        if self.error is not None:
            return
        self.error = error
        logger.error("the crawl cannot go on, stopping: %s", error)
        for give_up in self.on_failure:
            give_up()
        engine = self._crawler.engine
        if engine is not None and engine.spider is not None:
            deferred_from_coro(engine.close_spider_async(reason="archive-failed"))

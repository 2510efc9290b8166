"""The local test web: invented Chinese government sites on loopback, with expected results.

    with start() as web:
        …  # ask web.proxy for http://www.qinghe-trs.test/
        web.log("www.qinghe-trs.test")

`expected(host)` says what should come out of each URL.
"""

from __future__ import annotations

from tests.web.expect import Expect, expected
from tests.web.hosts import HOSTS
from tests.web.server import Exchange, Web, start
from tests.web.torture import TORTURE_PATHS

__all__ = ["HOSTS", "TORTURE_PATHS", "Exchange", "Expect", "Web", "expected", "start"]

"""The local test web: invented Chinese government sites on loopback, with expected results.

    with start() as web:
        …  # ask web.proxy for http://www.qinghe-trs.test/
        web.log("www.qinghe-trs.test")

`expected(host)` says what should come out of each URL. Also as a process of its own:
`python -m tests.web --log exchanges.jsonl`.

    www.qinghe-trs.test    trs       county portal: pagers, dates and sources in script
    www.linhai-jcms.test   jcms      list as records in the page and from dataproxy.jsp
    zw.beihu-jpaas.test    jpaas     list as JSON of the unit interface, one request a second
    jyj.yunzhou-ucap.test  ucap      repeated metas, generation time, a list as JSON
    www.shiquan-vsb.test   vsb       list pages that count down; five new articles after a day
    www.dede-gbk.test      dede      GBK under right, wrong and missing labels; multi-page articles
    wenku.test             wenku     document sharing: numbered pieces, page furniture
    mirror-ft.test         mirror    mirror of the portal: Traditional, glossed, cut in GBK bytes
    clone-county.test      clone     the portal under another county's name
    hacked.xian.test       hacked    spam titles, cloaking, a spam sitemap
    xxgk.test              xxgk      disclosed documents: table, number, awkward attachments
    app.test               app       JSON island, body twice
    js-list.test           scripted  lists by document.write, iframe, fetch
    feed.test              feed      robots.txt, RSS, gzipped sitemaps, re-publishing, a correction
    soft404.test, merged.test, parked.test, traps.test      traps   ends and endless lists
    waf-{412,521,405,200,422}.test                          waf     challenges and bans
    tls-{expired,future,name,self,worse}.test               waf     certificates that are wrong
    tls-{old,older,cipher,plain,closed}.test, http-only.test  waf     handshakes that fail
    torture.test           torture   odd but real HTTP; `TORTURE_PATHS`

Any other host is 502.
"""

from __future__ import annotations

from tests.web.expect import Expect, expected
from tests.web.hosts import HOSTS
from tests.web.server import Exchange, Web, start
from tests.web.torture import TORTURE_PATHS

__all__ = ["HOSTS", "TORTURE_PATHS", "Exchange", "Expect", "Web", "expected", "start"]

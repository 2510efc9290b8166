"""Cloaking, shown by what a crawl notes beside a capture: one thing for some, spam for others.

A kit that tells programs from people gives a crawler spam where a reader gets the article. One
capture cannot show the other view, but the site's own list, which the kit leaves alone, tells what
should have been there: the text of the link that was followed is held against what came.

A kit that tells visitors by where they come from leaves the page alone for everybody else, and sends
those of search engines to the page it was paid for. That takes a second look, which a crawl has on
request (crawler/views.py).
"""

from __future__ import annotations

import re
from html import unescape

from archive.domains import registered
from archive.farms import lexicon
from archive.farms.farmbars import segments
from archive.farms.linkruns import Site, host_of, kind_of
from archive.model import Edit
from archive.normalise import fold
from archive.views import View

RULE = "cloaked"
# Han characters an announcement has at least: shorter ones are columns and 更多.
LEAST = 6
# Share of an announcement's pairs of characters that stand in the page; below it the page is about
# something else. Of 994 links to articles of the saved trees 993 have 0.66 or more, a corrected
# title among them; the cloaked pages of the test web have 0 (tests/eval/cloaking.py, 2026-11).
ELSEWHERE = 0.5
# Share of segments that read like spam, in a text that names a trade and uses words of those who
# fight it (彩票 in 彩票计划软件): pages against gambling have 0.5 at most, those of the test web 0.8.
MOSTLY = 0.7
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_TAG = re.compile(r"<[^<>]{0,2000}>")


def swapped(announced: str, source: str, title: str, text: str, *, is_spam: bool) -> Edit | None:
    """The finding that a page is not what the link to it announced, but spam; None otherwise.

    `text` is what is left of the article; `is_spam` says that the page was judged spam already. Both
    must hold: the page is spam or offers a listed trade (X), and the announcement, itself free of
    spam, is not in it (T). A page of the police about gambling speaks about its trade; a notice
    with a shortened title shares its characters.

    Wrong when an old list links to a page or host that somebody else took over since: that is spam
    announced as news all the same, served to people too. It costs nothing where links say less
    than six Han characters: those pages stay spam_page or infected.
    """
    if len(_HAN.findall(announced)) < LEAST:
        return None
    served = _spam(f"{title}\n{text}") or ("the page is spam" if is_spam else "")
    if not served or lexicon.spam(announced) >= lexicon.SPAM:
        return None
    share = shared(announced, source)
    if share >= ELSEWHERE:
        return None
    evidence = f"T announced as 《{announced}》, {share:.0%} of it in the page; X {served}"
    return Edit("announced", 0, "", "", RULE, evidence, 0.9, "page", "flagged")


def sent_away(searched: str, url: str, source: str, title: str, text: str) -> Edit | None:
    """The finding that a visitor from a search engine gets something else than the article; None
    otherwise. `searched` is a `View`, as its crawl noted it beside the capture.

    Either the visitor is sent to a foreign host (L), which is not the site's nor one of those that
    sites rightly use, or sees a title that sells a listed trade and stands nowhere in this page (X),
    which itself is not about that trade.

    Wrong where a firewall on a host of its own looks at one visitor and not at the next. It costs
    nothing to pages of which no second view was asked, which is all of them unless a definition
    says otherwise.
    """
    view = View.of(searched)
    if view is None:
        return None
    host = host_of(view.target)
    own = Site(host_of(url), registered(host_of(url)))
    if host and own.host and kind_of(host, own) == "foreign":
        evidence = f"T visitors from search engines are sent away ({view.status}); L to {host}"
    elif view.title and lexicon.trade(view.title) and not _is_of(view.title, source, title, text):
        evidence = f"T visitors from search engines get 《{view.title}》; X {_spam(view.title)}"
    else:
        return None
    return Edit("searched", 0, "", "", RULE, evidence, 0.9, "page", "flagged")


def _is_of(other: str, source: str, title: str, text: str) -> bool:
    """Whether a title belongs to a page: it stands there, or the page is about its trade."""
    trade = lexicon.trade(other) or ""
    return shared(other, source) >= ELSEWHERE or lexicon.speaks_of(f"{title}\n{text}", trade)


def _spam(text: str) -> str:
    """What makes a text spam: a trade it names and does not speak about, or most of its segments;
    "" where nothing does."""
    trades = sorted({kind for _, _, kind in lexicon.listed(text)})
    offered = [kind for kind in trades if not lexicon.speaks_of(text, kind)]
    if offered:
        return f"the page offers {', '.join(offered)}"
    share = lexicon.share(segments(text)) if trades else 0.0
    return f"{share:.0%} of the page read like {', '.join(trades)}" if share >= MOSTLY else ""


def shared(announced: str, source: str) -> float:
    """The share of an announcement's pairs of characters that stand anywhere in a page's source:
    in its text, or in an attribute or script that a reading of the text leaves out."""
    wanted = fold(announced)
    whole = unescape(source)
    pairs = {wanted[at : at + 2] for at in range(len(wanted) - 1)}
    page = fold(_TAG.sub("", whole)) + fold(whole)
    return sum(pair in page for pair in pairs) / max(1, len(pairs))

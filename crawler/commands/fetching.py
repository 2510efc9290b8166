"""`fangzhi crawl` and `fangzhi scrape`. Scrapy is imported only when the options are known to be right."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from itertools import chain
from typing import Any

from archive.errors import WrongUse
from crawler.codes import DONE, INTERRUPTED, WRONG_USE


def _hear_signals() -> None:
    """Until the reactor listens, a second or two, every signal ends a run at once, with 11. An exception
    would be lost where Python is in a callback of its own: 22 of 1,017 starts ended otherwise."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) in (
            signal.SIG_DFL,
            signal.default_int_handler,
        ):  # not under nohup
            signal.signal(number, lambda *_: os._exit(INTERRUPTED))


def crawl(options: argparse.Namespace) -> int:
    _hear_signals()
    from crawler.chosen import chosen

    if options.min_relevance is not None and options.like is None:
        print("fangzhi: --min-relevance needs --like: relevance to what?", file=sys.stderr)
        return WRONG_USE
    named = bool(options.proxy or os.environ.get("FANGZHI_CONTACT"))
    sites = chosen(options.sites, options.site, is_named=named)
    if options.due:
        from crawler.commands.due import idle_until

        if until := idle_until(options.holdings, sites):
            when = f" before {until:%Y-%m-%dT%H:%M:%SZ}" if until.year < 9999 else ""
            print(f"fangzhi: nothing is due{when}", file=sys.stderr)
            return DONE
    _prepare_workers(options)
    from crawler import run

    return run.crawl(sites, _settings(options))


def _prepare_workers(options: argparse.Namespace) -> None:
    """Have what derivation needs loaded beside what fetching needs: each takes most of a second."""
    if not options.no_derive:
        from crawler.sandbox import prepare

        prepare()


def scrape(options: argparse.Namespace) -> int:
    _hear_signals()
    _prepare_workers(options)
    from crawler import run
    from crawler.commands.replaying import print_run
    from crawler.commands.table import printer

    urls = _addresses(options.url)
    code, name = run.scrape(urls, _settings(options))
    if name:
        print_run(options.holdings, name, urls, printer(as_csv=options.csv))
    return code


def _addresses(given: Sequence[str]) -> list[str]:
    """The URLs named, `-` as those on standard input; without blanks, which would make one two.

    Raises `WrongUse` for a list in another character set.
    """
    from archive.uri import ascii_url

    try:
        rows = [sys.stdin.read().splitlines() if one == "-" else [one] for one in given]
    except UnicodeDecodeError as error:
        raise WrongUse(f"standard input: no list in UTF-8: {error}") from error
    return [ascii_url(url) for url in chain.from_iterable(rows) if url.strip()]


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "FANGZHI_HOLDINGS": str(options.holdings),
        "FANGZHI_SITES": str(options.sites),
        "FANGZHI_PROXY": options.proxy or "",
        "FANGZHI_ALLOW": options.allow,
        "FANGZHI_WORKERS": 0 if options.no_derive else options.workers,
    }
    if options.verbose:
        settings["LOG_LEVEL"] = "DEBUG"
    if options.patience is not None:
        settings["FANGZHI_PATIENCE"] = options.patience
    if getattr(options, "images", False):
        settings["FANGZHI_IMAGES"] = True
    if getattr(options, "search_views", None) is not None:
        settings["FANGZHI_SEARCH_VIEWS"] = options.search_views
    if options.min_free is not None:
        settings["FANGZHI_MIN_FREE"] = options.min_free
    if getattr(options, "due", False):
        settings["FANGZHI_DUE"] = True
    if getattr(options, "like", None) is not None:
        settings["FANGZHI_LIKE"] = options.like
        settings["FANGZHI_MIN_RELEVANCE"] = options.min_relevance or 0.0
    if getattr(options, "limit", None):
        settings["CLOSESPIDER_PAGECOUNT"] = options.limit
    return settings

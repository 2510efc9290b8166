"""The `fangzhi` command: results to stdout, progress and messages to stderr.

Exit codes: 0 done; 1 a site, seed or file could not be read or fetched at all; 2 wrong use, bad
site definition, or holdings of a later version; 3 disk full or out of a set limit; 4 the holdings are in use; 5 too
little room on the disk to go on; 11 interrupted cleanly. Scrapy is imported only where something is fetched.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.errors import (
    FangzhiError,
    HoldingsInUse,
    HoldingsTooNew,
    WriteFailed,
    WrongUse,
)
from archive.vocab import folder
from crawler import arguments
from crawler.codes import DONE, FAILED, FULL, IN_USE, INTERRUPTED, WRONG_USE

ENDINGS = """\
results go to stdout, progress and messages to stderr; `fangzhi COMMAND --help` says more

exit codes:
  0   done; 404s, redirects and rejected pages are outcomes
  1   a site, URL or file could not be had, or a site is not as usual
  2   wrong use, or a wrong site definition
  3   disk full, or a set limit was reached
  4   another process writes into the holdings
  5   less room on the disk than --min-free
  11  interrupted cleanly: the next run goes on

environment:
  FANGZHI_HOLDINGS  the archive, where --holdings is not given
  FANGZHI_SEEDS     the folder of sites/ and vocab/, where not that of the program
  FANGZHI_CONTACT   a page or address where site owners reach you; a crawl of a real site needs it
"""
# As archive/state.py, which is loaded later.
_DISK_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = parser().parse_args(given)
        options.given = given[1:]  # what stands behind the verb
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except FangzhiError as error:
        print(f"fangzhi: {error}", file=sys.stderr)
        if isinstance(error, HoldingsInUse):
            return IN_USE
        if isinstance(error, WriteFailed):
            return FULL
        return WRONG_USE if isinstance(error, (WrongUse, HoldingsTooNew)) else FAILED
    except OSError as error:  # where a command writes: text, a package, its output
        print(f"fangzhi: {error.filename or 'disk'}: {error.strerror or error}", file=sys.stderr)
        return FULL if error.errno in _DISK_FAILS else FAILED
    return code


def parser() -> argparse.ArgumentParser:
    """The command line, one verb a subcommand."""
    top = argparse.ArgumentParser(
        prog="fangzhi",
        description="Archive Chinese local-government and local-news pages: every byte as WARC, the article as clean text.",
        epilog=ENDINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument(
        "--version",
        action=arguments.Version,
        nargs=0,
        help="show the version, and what texts depend on",
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    _crawl(verbs.add_parser("crawl", help="crawl sites of seeds/sites"))
    _watch(verbs.add_parser("watch", help="crawl what is due, again and again, until a signal"))
    _scrape(verbs.add_parser("scrape", help="fetch and archive single pages, print their articles"))
    _replay(verbs.add_parser("replay", help="derive again from the archive, without network"))
    _derive(verbs.add_parser("derive", help="articles from loose .html, .html.gz and .txt files"))
    _explain(verbs.add_parser("explain", help="every decision behind one article"))
    _serve(verbs.add_parser("serve", help="browse the holdings: every page at every time"))
    _check(verbs.add_parser("check", help="validate archive files, or the holdings"))
    _export(
        verbs.add_parser(
            "export", help="the holdings, or a part of them, as one file: WACZ, CSV, JSON lines"
        )
    )
    _status(verbs.add_parser("status", help="what waits, what is due, which hosts rest"))
    _seeds(verbs.add_parser("seeds", help="list or check site definitions"))
    return top


def _crawl(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("site", nargs="*", metavar="SITE", help="site ids; default: all of them")
    verb.add_argument(
        "--due", action="store_true", help="only what the schedule says is due, not a whole pass"
    )
    verb.add_argument("--limit", type=arguments.count, metavar="N", help="stop after N responses")
    _extras(verb)
    _focus(verb)
    _fetching(verb)
    verb.set_defaults(run=later("crawler.commands.fetching", "crawl"))


def _extras(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--images", action="store_true", help="archive the pictures of articles, too")
    verb.add_argument(
        "--search-views",
        type=arguments.count,
        metavar="N",
        help="look at N new articles of each site as a visitor of a search engine, too: verdict cloaked",
    )


def _watch(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("site", nargs="*", metavar="SITE", help="site ids; default: all of them")
    _focus(verb)
    _fetching(verb)
    verb.set_defaults(run=later("crawler.commands.watch", "command"))


def _focus(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--like",
        nargs="*",
        metavar="FILE",
        help="ask first for pages like these, and say how alike each article is; files or folders, "
        "default: seeds/examples",
    )
    verb.add_argument(
        "--min-relevance",
        type=arguments.share,
        metavar="X",
        help="with --like: keep as articles what is so alike, 0 to 1; every page is archived",
    )


def _scrape(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "url", nargs="+", metavar="URL", help="an address; `-`: those on standard input, one a line"
    )
    _as_csv(verb)
    _extras(verb)
    _fetching(verb)
    verb.set_defaults(run=later("crawler.commands.fetching", "scrape"))


def _fetching(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--proxy",
        type=arguments.proxy,
        metavar="URL",
        help="send every request through this HTTP proxy; http_proxy in the environment is not asked",
    )
    verb.add_argument(
        "--allow",
        action="append",
        default=[],
        type=arguments.host_and_port,
        metavar="HOST:PORT",
        help="an intranet address that may be connected to",
    )
    verb.add_argument(
        "--patience",
        type=arguments.amount,
        metavar="SECONDS",
        help="how long to wait for a host that rests, or for room on the disk, when nothing else is "
        "to be done (120)",
    )
    verb.add_argument(
        "--min-free",
        type=arguments.amount,
        metavar="MB",
        help="ask for nothing new while the disk has less free (500, or a twentieth of a smaller one)",
    )
    _workers(verb)
    verb.add_argument("--no-derive", action="store_true", help="capture only")
    verb.add_argument("--verbose", action="store_true", help="show the downloader's log")
    _holdings(verb)
    _sites(verb)


def _replay(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "file",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="WARC, ARC, WACZ, a folder of them, `-`; default: the holdings",
    )
    shown = verb.add_mutually_exclusive_group()
    shown.add_argument("--diff", action="store_true", help="show what differs from the stored text")
    _as_csv(shown)
    verb.add_argument("--write", action="store_true", help="replace the stored text once complete")
    verb.add_argument(
        "--learn", action="store_true", help="learn site memories first, and use them"
    )
    _workers(verb, all_cores=True)
    verb.add_argument(
        "--executor", metavar="MODULE:NAME", help="derive with this concurrent.futures.Executor"
    )
    _holdings(verb)
    _sites(verb)
    verb.set_defaults(run=later("crawler.commands.replaying", "replay"))


def _derive(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "file", nargs="*", metavar="FILE", help="a page, a folder of them; `-` is standard input"
    )
    verb.add_argument("--list", metavar="LIST.jsonl", help='lines of {"file", "url"?, "captured"?}')
    verb.add_argument("--url", help="where the file came from")
    verb.add_argument("--captured", metavar="TIME", help="when, ISO 8601")
    verb.add_argument(
        "--no-memory", action="store_true", help="pages of a list teach each other nothing"
    )
    _as_csv(verb)
    _workers(verb, all_cores=True)
    _sites(verb)
    verb.set_defaults(run=later("crawler.commands.loose", "derive"))


def _explain(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", metavar="URL|ID|FILE")
    verb.add_argument("--url", help="where the file came from")
    _holdings(verb)
    _sites(verb)
    verb.set_defaults(run=later("crawler.commands.explain", "explain"))


def _serve(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--port", type=arguments.port, default=8730, metavar="N", help="0 takes a free one"
    )
    verb.add_argument("--verbose", action="store_true", help="log every request")
    _holdings(verb)
    verb.set_defaults(run=later("crawler.serve.command", "serve"))


def _check(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "file",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="WARC, ARC, WACZ, a folder of them, `-`; default: the holdings",
    )
    verb.add_argument(
        "--repair", action="store_true", help="make index, state and frontier again first"
    )
    verb.add_argument("--json", action="store_true", help="one JSON object a finding")
    verb.add_argument("--strict", action="store_true", help="warnings are wrong, too")
    verb.add_argument("--notes", action="store_true", help="show what needs nothing done as well")
    _holdings(verb)
    _sites(verb)
    verb.set_defaults(run=later("crawler.commands.checking", "check"))


def _export(verb: argparse.ArgumentParser) -> None:
    what = verb.add_mutually_exclusive_group(required=True)
    what.add_argument("--wacz", type=Path, metavar="FILE", help="the captures, to be replayed")
    what.add_argument(
        "--csv", type=Path, metavar="FILE", help="the articles, for a spreadsheet; `-`: to stdout"
    )
    what.add_argument(
        "--jsonl", type=Path, metavar="FILE", help="the articles, as JSON lines; `-`: to stdout"
    )
    verb.add_argument("--site", action="append", default=[], metavar="SITE", help="only this site")
    verb.add_argument(
        "--from",
        dest="since",
        metavar="TIME",
        help="captured in or after 2024, 2024-05, 2024-05-01, …",
    )
    verb.add_argument("--to", dest="until", metavar="TIME", help="the last year, month or day")
    verb.add_argument("--title", help="what a WACZ is called inside")
    _holdings(verb)
    verb.set_defaults(run=later("crawler.commands.exporting", "export"))


def _status(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="as JSON")
    _holdings(verb)
    verb.set_defaults(run=later("crawler.commands.status", "status"))


def _seeds(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("action", choices=["list", "check"])
    _holdings(verb)
    _sites(verb)
    verb.set_defaults(run=later("crawler.commands.seeds", "seeds"))


def _as_csv(verb: argparse._ActionsContainer) -> None:
    verb.add_argument(
        "--csv", action="store_true", help="a table for a spreadsheet, not JSON lines"
    )


def _workers(verb: argparse.ArgumentParser, *, all_cores: bool = False) -> None:
    said = "one for each core" if all_cores else "1"
    verb.add_argument(
        "--workers",
        type=arguments.count,
        default=(os.cpu_count() or 1) if all_cores else 1,
        metavar="N",
        help=f"processes that derive ({said}); what they write does not depend on their number",
    )


def _holdings(verb: argparse.ArgumentParser) -> None:
    place = os.environ.get("FANGZHI_HOLDINGS", "holdings")
    verb.add_argument(
        "--holdings",
        type=Path,
        default=Path(place),
        metavar="DIR",
        help="the archive ($FANGZHI_HOLDINGS, or ./holdings)",
    )


def _sites(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--sites",
        type=Path,
        default=folder().parent / "sites",
        metavar="DIR",
        help="the folder of site definitions (seeds/sites)",
    )


def later(module: str, name: str) -> Any:
    """The function of a command, its module imported only when it runs."""

    def run(options: argparse.Namespace) -> int:
        code: int = getattr(importlib.import_module(module), name)(options)
        return code

    return run


if __name__ == "__main__":
    sys.exit(main())

"""Text gets its name only when every line of its captures is in it."""

from __future__ import annotations

from pathlib import Path

from archive.holdings import Holdings
from archive.jsonl import line
from archive.model import Location, Reason, Rejection
from archive.state import Acknowledged
from crawler.deriver import Deriver, _Task


def test_when_what_comes_before_its_name_fails_no_further_text_is_begun(tmp_path: Path) -> None:
    """The disk fails between two files: the second stays to be derived by the next run."""
    holdings = Holdings(tmp_path / "h", own=True)
    deriver = Deriver(
        holdings,
        1,
        on_line=lambda row, site: None,
        on_failure=lambda error: None,
        before_finish=lambda: deriver.abandon(),
        on_change=lambda before, after: None,
    )
    for file in ("a.warc.gz", "b.warc.gz"):
        capture = Acknowledged(f"urn:{file}", "http://a.test/", "", "", 404, Location(file, 0, 1))
        row = line(Rejection(capture.record_id, file, capture.uri, None, Reason.HTTP_ERROR, "404"))
        deriver._write(_Task(capture, None, ""), row)
    closing = deriver.close()
    try:
        closing.send(None)
    except StopIteration:
        pass
    finally:
        closing.close()
    holdings.close()
    left = sorted(path.name for path in holdings.folder("text").iterdir())
    assert left == ["a.jsonl.open"]

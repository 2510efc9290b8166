"""The captures of a URL as a time line: an SVG whose points are links."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from archive.catalogue import Held
from crawler.serve.markup import Markup, join, tag

WIDTH, HEIGHT, EDGE = 1000, 64, 24
AXIS = 40  # where the line is, from above
POINTS = 400  # drawn at most; of more, evenly chosen ones
_MARKS = 9
# The marks of the axis stand at the finest of these that gives at most `_MARKS`.
_UNITS = (
    ("%H:%M:%S", 0, 10),  # form, months, seconds
    ("%H:%M", 0, 60),
    ("%H:%M", 0, 600),
    ("%m-%d %H:%M", 0, 3600),
    ("%m-%d %H:%M", 0, 6 * 3600),
    ("%Y-%m-%d", 0, 86_400),
    ("%Y-%m-%d", 0, 7 * 86_400),
    ("%Y-%m", 1, 0),
    ("%Y-%m", 3, 0),
    ("%Y", 12, 0),
    ("%Y", 120, 0),
    ("%Y", 1200, 0),
)


def moment(stamp: str) -> datetime:
    """The time of a 14-digit stamp; the nearest that exists where a part is out of range."""
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime(max(1, int(stamp[:4])), 1, 1, tzinfo=UTC)


def kind(capture: Held, before: Held | None) -> str:
    """What a capture shows against the one before it: `first`, `changed`, `same`, `moved`, `gone`."""
    if capture.status >= 400:
        return "gone"
    if 300 <= capture.status < 400 and capture.mime != "warc/revisit":
        return "moved"
    if before is None:
        return "first"
    same = capture.mime == "warc/revisit" or capture.digest == before.digest
    return "same" if same else "changed"


def kinds(captures: Sequence[Held]) -> list[str]:
    """The kind of each capture, in order; failures and redirects are passed over in comparing."""
    before: Held | None = None
    found = []
    for capture in captures:
        found.append(kind(capture, before))
        if found[-1] not in ("gone", "moved"):
            before = capture
    return found


def timeline(captures: Sequence[Held], shown: Held, link: Callable[[Held], str]) -> Markup:
    """The time line of captures in order; `link` says where a point leads."""
    first, last = moment(captures[0].stamp), moment(captures[-1].stamp)
    span = max((last - first).total_seconds(), 1.0)

    def across(at: datetime) -> str:
        if first == last:
            return f"{WIDTH / 2:.0f}"
        return f"{EDGE + (WIDTH - 2 * EDGE) * (at - first).total_seconds() / span:.1f}"

    points = [
        tag(
            "a",
            tag(
                "circle",
                tag("title", f"{readable(capture.stamp)}  {name}"),
                cx=across(moment(capture.stamp)),
                cy=AXIS,
                r=9 if capture == shown else 6,
                class_=f"{name} shown" if capture == shown else name,
            ),
            href=link(capture),
        )
        for capture, name in _chosen(captures, shown)
    ]
    axis = tag("line", x1=EDGE, x2=WIDTH - EDGE, y1=AXIS, y2=AXIS, class_="axis")
    marks = [
        join(
            tag("line", x1=across(at), x2=across(at), y1=22, y2=AXIS, class_="tick"),
            tag("text", at.strftime(form), x=across(at), y=16, class_="tick"),
        )
        for at, form in _marks(first, last)
    ]
    box = f"0 0 {WIDTH} {HEIGHT}"
    return tag("svg", axis, marks, points, viewBox=box, class_="timeline", role="img")


def readable(stamp: str) -> str:
    """A stamp for people.

    >>> readable("20260302080000")
    '2026-03-02 08:00:00 UTC'
    """
    day, time = (
        f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}",
        f"{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}",
    )
    return f"{day} {time} UTC"


def _chosen(captures: Sequence[Held], shown: Held) -> Iterator[tuple[Held, str]]:
    """At most about `POINTS` captures with their kinds, the shown one last so that it lies on top."""
    every = -(-len(captures) // POINTS)
    pairs = list(zip(captures, kinds(captures), strict=True))
    yield from (pair for pair in pairs[::every] if pair[0] != shown)
    yield from (pair for pair in pairs if pair[0] == shown)


def _marks(first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    """Where the axis is marked, and how the mark reads; the first capture where nothing fits."""
    for form, months, seconds in _UNITS:
        found = list(islice(_boundaries(first, last, months, seconds), _MARKS + 1))
        if len(found) <= _MARKS:
            return [(at, form) for at in found] or [(first, "%Y-%m-%d %H:%M:%S")]
    return [(first, "%Y")]


def _boundaries(first: datetime, last: datetime, months: int, seconds: int) -> Iterator[datetime]:
    """The whole multiples of some months or seconds from first to last, as the calendar has them."""
    if months:
        count = -(-(first.year * 12 + first.month - 1) // months) * months
        while (at := datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)) <= last:
            if at >= first:
                yield at
            count += months
    else:
        at = datetime.fromtimestamp(-(-first.timestamp() // seconds) * seconds, UTC)
        while at <= last:
            yield at
            at += timedelta(seconds=seconds)

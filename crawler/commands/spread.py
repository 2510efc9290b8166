"""As many things as are wanted of a row whose length nobody knows, evenly spread over it."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")
# Pages of a site that its memory is learned from: what a quarter of all pages have is among them.
LESSONS = 1000


class Spread(Generic[T]):
    """Every thing of the row up to `most`, then every second, every fourth: never more than `most`, and
    half as many at least. The same row gives the same things."""

    def __init__(self, most: int) -> None:
        self.kept: list[T] = []
        self._most, self._step, self._next = most, 1, 0

    def number(self) -> int | None:
        """The place of the next thing in the row, where it is wanted by now; else None."""
        place, self._next = self._next, self._next + 1
        return None if place % self._step else place

    def keep(self, place: int, thing: T) -> None:
        """Keep the thing at a place; places come in order."""
        if place % self._step:
            return
        self.kept.append(thing)
        if len(self.kept) > self._most:
            self.kept = self.kept[::2]
            self._step *= 2

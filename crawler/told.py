"""What was told once and is not told again, however many there are of it.

A page of a link farm names hundreds of addresses that no other page names, and each is counted once
in a run: a set of them would grow with every page. So what does not fit into memory lies in a
temporary database, without a name on the disk, gone with the process.
"""

from __future__ import annotations

from archive import temporary

RECENT = 20_000  # that are looked up without a question to the database: 1.5 MB


class Told:
    """The things of one run that were told. Raises `WriteFailed` when the disk is full or fails."""

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._db = temporary.database()
        self._db.execute("CREATE TABLE told (number INTEGER PRIMARY KEY)")

    def is_new(self, *what: str) -> bool:
        """Whether this was not told before; from now on it was."""
        number = hash(what)  # 64 bits: two of ten million share them once in 400,000 runs
        if number in self._recent:
            return False
        if len(self._recent) >= RECENT:
            self._recent.clear()
        self._recent.add(number)
        return self._db.execute("INSERT OR IGNORE INTO told VALUES (?)", (number,)).rowcount > 0

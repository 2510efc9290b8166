"""Which files of text a replay that was broken off had written, so that the next one goes on.

A replay with `--write` notes each file it has finished in `text/replay.json`, with what it derived
by: the derivation and its tables, the site definitions, what it had learned. The next one that
derives by the same leaves those files as they are; a replay that comes to its end takes the
note away. What the note cannot see is a change of the code that raised no derivation number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from archive.holdings import write_whole


class Written:
    """The note of one replay over the holdings."""

    def __init__(self, text: Path, by: str) -> None:
        self._path, self._by = text / "replay.json", by
        self.names: list[str] = []  # of WARC files whose text is new
        try:
            noted = json.loads(self._path.read_text("utf-8"))
            if noted["by"] == by:
                self.names = [str(name) for name in noted["names"]]
        except (OSError, ValueError, KeyError, TypeError):
            self.names = []  # no note, or one that cannot be read: everything is derived

    def add(self, name: str) -> None:
        """Note that the text of a WARC file is finished."""
        self.names.append(name)
        note = json.dumps({"by": self._by, "names": self.names}, ensure_ascii=False, indent=0)
        write_whole(self._path, note.encode("utf-8"))

    def end(self) -> None:
        """The replay came to its end."""
        self._path.unlink(missing_ok=True)


def derived_by(derivation: str, sites: Path, learned: Mapping[str, str]) -> str:
    """A digest of everything but the captures that the text of a replay depends on."""
    digest = hashlib.sha256(derivation.encode())
    for path in sorted(sites.glob("*.toml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(repr(sorted(learned.items())).encode())
    return digest.hexdigest()

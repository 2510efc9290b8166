"""text/: one JSON line per response in the order of capture, and its conversion records.

Text is derived, so it needs no fsync per line: a file that was not finished has no final name
and is derived again from its WARC. Conversion records stand in files of their own, because a
later `conversion` of the same URI replaces the page in pywb's index. Same captures, same
derivation: same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from io import BufferedWriter
from pathlib import Path
from typing import Any

from archive import textrecords
from archive.warcwriter import OPEN, WarcWriter, sync_folder

_SUFFIX = ".warc.gz"


class _Named:
    """Names the conversion file of one stem."""

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self, moment: datetime, serial: int) -> str:
        return self._name


class TextFile:
    """The text of one WARC file while it is being written.

    Use as `with TextFile(folder, stem) as text: text.add(line)`; on a clean end the two files
    get their final names, otherwise they stay `.open`.
    """

    def __init__(self, folder: Path, warc_name: str) -> None:
        self.stem = warc_name.removesuffix(_SUFFIX)
        self._folder = folder
        self._final = folder / f"{self.stem}.jsonl"
        for left in folder.glob(f"{self.stem}*{OPEN}"):
            left.unlink()
        self._lines: BufferedWriter = (folder / f"{self.stem}.jsonl{OPEN}").open("wb")
        name = f"{self.stem}-text{_SUFFIX}"
        self._warc = WarcWriter(
            folder, _Named(name), {"software": "fangzhi", "derived-from": warc_name}
        )

    def add(self, line: str) -> None:
        """Append one derived line, and its conversion record if it is an article."""
        self._lines.write(line.encode("utf-8") + b"\n")
        result = json.loads(line)
        if "rejected" not in result:
            self._convert(result)

    def _convert(self, article: Mapping[str, Any]) -> None:
        captured = datetime.fromisoformat(article["captured"])
        if self._warc.path is None:
            self._warc.ready(captured)
        self._warc.write(textrecords.records(article, self._warc.info))

    def close(self) -> None:
        """Make both files durable and give them their final names."""
        self._warc.close()
        self._lines.flush()
        os.fsync(self._lines.fileno())
        self._lines.close()
        os.replace(self._lines.name, self._final)
        sync_folder(self._folder)

    def __enter__(self) -> TextFile:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def abandon(self) -> None:
        """Let go of both files as they are; they keep their `.open` and are derived again."""
        with suppress(OSError):  # what could not be written is not written now either
            self._lines.close()
        self._warc.abandon()


def unfinished(warcs: list[Path], folder: Path) -> list[Path]:
    """The finished WARC files whose text was never completed."""
    closed = [path for path in warcs if path.name.endswith(_SUFFIX)]
    return [p for p in closed if not (folder / f"{p.name.removesuffix(_SUFFIX)}.jsonl").exists()]

"""Traditional to Simplified, beside the library whose dictionaries it uses and the C++ library."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.measuring import PEERS, Goal, Table, contend, has_peer, rounds
from tests.prose import sentences

Made = tuple[Sequence[str], Callable[[Sequence[str]], dict[str, Any]]]
_EXAMPLES = Path(__file__).resolve().parents[2] / "seeds" / "examples"
_TEXTS = 60


def measure(scratch: Path, count: int) -> Table:
    """The table of this theme. The outputs of ours and of the library must be the same."""
    folder = scratch / "texts"
    folder.mkdir()
    for number, text in enumerate(_texts()):
        (folder / f"{number:03d}.txt").write_text(text, "utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir()) // 1000
    table = Table("opencc", f"{_TEXTS} texts, {size} kB, half of them Traditional", "text")
    one = partial(contend, "opencc", folder=folder)
    contenders = {
        "fangzhi t2s": partial(one, "fangzhi"),
        "opencc-python-reimplemented": partial(one, "reimplemented"),
    }
    if has_peer("opencc"):
        contenders["OpenCC (C++)"] = partial(one, "native", python=PEERS)
    else:
        table.missing.append("OpenCC (C++)")
    table.rows = rounds(count, contenders)
    library, times = (
        table.row("opencc-python-reimplemented"),
        table.times("opencc-python-reimplemented"),
    )
    assert library is not None
    assert times is not None
    same = library.said["digest"] == table.rows[0].said["digest"]
    found = f"{times:.0f} ×, output {'identical' if same else 'DIFFERENT'}"
    table.goals.append(Goal("20 × the library, identical output", found, same and times >= 20))
    return table


def _texts() -> list[str]:
    examples = [path.read_text("utf-8") for path in sorted(_EXAMPLES.glob("*.txt"))]
    invented = ["\n".join(sentences(120, salt=number)) for number in range(_TEXTS)]
    return [a + b for a, b in zip(examples * _TEXTS, invented, strict=False)]


def _made(folder: Path, convert: Callable[[str], str]) -> Made:
    def work(texts: Sequence[str]) -> dict[str, Any]:
        digest = hashlib.sha256()
        for text in texts:
            digest.update(convert(text).encode())
        return {"digest": digest.hexdigest()}

    return [path.read_text("utf-8") for path in sorted(folder.iterdir())], work


def fangzhi(folder: Path) -> Made:
    from archive.chinese.opencc_tables import t2s

    return _made(folder, t2s)


def reimplemented(folder: Path) -> Made:
    from opencc import OpenCC

    return _made(folder, OpenCC("t2s").convert)


def native(folder: Path) -> Made:
    from opencc import OpenCC

    return _made(folder, OpenCC("t2s").convert)

"""`--like FILE…`: example files to a model of what they have in common.

Files are read as `fangzhi derive` reads them, so an example may be a saved page or plain text,
damaged or traditional, and is compared by its clean, normalised text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from archive import relevance
from archive.derive import derive_file
from archive.errors import FangzhiError
from archive.model import Article
from archive.vocab import folder

ENDINGS = (".txt", ".html", ".htm", ".html.gz", ".htm.gz", ".shtml")


def wanted(settings: Mapping[str, Any]) -> relevance.Like | None:
    """What `FANGZHI_LIKE` and `FANGZHI_MIN_RELEVANCE` ask for; raises what `examples` does."""
    named = settings["FANGZHI_LIKE"]
    if named is None:
        return None
    paths = named.split(",") if isinstance(named, str) else named
    return relevance.Like(examples(map(Path, paths)), float(settings["FANGZHI_MIN_RELEVANCE"]))


def examples(paths: Iterable[Path] = ()) -> relevance.Examples:
    """The model of these files, and of the example files in these folders.

    Without any: of seeds/examples. Raises `FangzhiError` naming the file that cannot be read or
    holds no article, and when nothing is left to compare with.
    """
    chosen = list(paths) or [folder().parent / "examples"]
    model = relevance.learn(text for path in chosen for text in _texts(path))
    if not model.each:
        raise FangzhiError(f"no Chinese text in the examples: {', '.join(map(str, chosen))}")
    return model


def _texts(path: Path) -> Iterator[str]:
    if path.is_dir():
        files = sorted(f for f in path.iterdir() if f.name.endswith(ENDINGS) and not _is_gold(f))
        if not files:
            raise FangzhiError(f"{path}: no example files ({' '.join(ENDINGS)})")
    else:
        files = [path]
    for file in files:
        yield _text(file)


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise FangzhiError(f"{file}: {error.strerror}") from error
    found = derive_file(data, file.name)
    if not isinstance(found, Article):
        raise FangzhiError(f"{file}: not an article: {found.rejected} {found.detail}".rstrip())
    return relevance.compared(found.title, found.text_norm)


def _is_gold(file: Path) -> bool:
    """`000.clean.txt` is the approved text of `000.txt`, not an example beside it."""
    return file.name.endswith(".clean.txt")

"""What can go wrong, as one tree.

    FangzhiError
    ├── WrongUse                the command cannot be run as it was given: exit code 2
    │   └── SiteDefinitionError a seeds/sites file is wrong: file, key, what is allowed
    ├── VocabularyError         a seeds/vocab file is wrong: file, line, problem
    ├── ArchiveError
    │   ├── MalformedPackage    a WACZ cannot be opened
    │   └── WriteFailed         the archive cannot be written: disk full, I/O error
    └── HoldingsError           the holdings folder cannot be used
        ├── HoldingsInUse       another process owns it
        ├── HoldingsDamaged     its state cannot be read, and can be made again from the WARC files
        └── HoldingsTooNew      a later version of fangzhi wrote its state

An expected outcome (a page without an article) is a `Rejection`, never an exception.
"""

from __future__ import annotations

from pathlib import Path


class FangzhiError(Exception):
    """Root of every error this project raises on purpose."""


class WrongUse(FangzhiError):
    """A command cannot be run as it was given."""


class SiteDefinitionError(WrongUse):
    """A site definition cannot be used."""

    def __init__(self, path: Path, key: str, problem: str) -> None:
        super().__init__(f"{path}: {key}: {problem}" if key else f"{path}: {problem}")
        self.path = path
        self.key = key


class VocabularyError(FangzhiError):
    """A vocabulary file under seeds/vocab cannot be used."""

    def __init__(self, path: Path, where: str, problem: str) -> None:
        super().__init__(f"{path}: {where}: {problem}" if where else f"{path}: {problem}")
        self.path = path
        self.where = where
        self._given = (path, where, problem)

    def __reduce__(self) -> tuple[type[VocabularyError], tuple[Path, str, str]]:
        """As it was made: a worker of somebody's executor hands it over pickled."""
        return type(self), self._given


class ArchiveError(FangzhiError):
    """The archive cannot be read or written."""


class MalformedPackage(ArchiveError):
    """A WACZ cannot be opened."""


class WriteFailed(ArchiveError):
    """A record could not be made durable; what was acknowledged before it is safe."""


class HoldingsError(FangzhiError):
    """The holdings folder cannot be used."""


class HoldingsInUse(HoldingsError):
    """Another process owns the holdings."""


class HoldingsDamaged(HoldingsError):
    """The state of the holdings cannot be read: `fangzhi check --repair` makes it again."""


class HoldingsTooNew(HoldingsError):
    """The state of the holdings is of a later version, which is to be used instead."""

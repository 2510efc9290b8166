"""Where the shared data lies, if it is here: the folder `shared` beside the repository."""

from __future__ import annotations

import os
from pathlib import Path


def shared_folder() -> Path | None:
    """The shared folder, or `None` where only the repository was checked out."""
    named = os.environ.get("FANGZHI_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    return folder if (folder / "data").is_dir() else None

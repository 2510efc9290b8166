"""Every family of damage, on articles invented for it: what was reached is not lost again.

The figures on texts of others are those of `python -m tests.eval.cuts FOLDER` and
`python -m tests.eval.glosses FOLDER`; here the same is asked of tests/passages.py.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from archive.damage import gloss, mend
from archive.damage.gbk import fold
from tests.damage import traditional
from tests.eval import cuts, glosses
from tests.passages import ARTICLES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The articles as a folder of plain texts."""
    path = tmp_path_factory.mktemp("passages")
    for name, text in ARTICLES.items():
        (path / f"{name}.txt").write_text(text, encoding="utf-8")
    return path


def test_cuts_of_every_family_are_found_and_none_is_repaired_wrongly(folder: Path) -> None:
    scores = cuts.score(str(folder))
    total = cuts.in_all(scores)
    assert all(score.detected == score.spots for score in scores.values()), total.failures
    assert total.spots >= 30
    assert total.wrong == 0, total.failures
    assert total.restored >= 0.24 * total.spots, total.row()


def test_every_gloss_of_every_style_is_removed_and_clean_text_stays(folder: Path) -> None:
    for style, counts in glosses.score(str(folder)).items():
        assert counts["removed"] == counts["glosses"] >= 150, style
        assert counts["touched"] == 0, style
        assert counts["whole"] + counts["few"] == counts["texts"], style


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_is_neither_changed_nor_flagged(name: str) -> None:
    text = ARTICLES[name]
    for page in (text, fold(text), traditional(text), fold(traditional(text))):
        assert Counter(change.flag for change in (*mend.restore(page), *gloss.strip(page))) == {}

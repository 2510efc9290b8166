"""What the repair of cuts and glosses reached is not lost again. A floor only goes up."""

from __future__ import annotations

import pytest

from archive.damage import gloss, mend
from tests.damage import glossed, traditional
from tests.eval import cuts, glosses
from tests.eval.spots import applied
from tests.shared import shared_folder
from tests.test_repair_keeps import KEPT

pytestmark = pytest.mark.skipif(shared_folder() is None, reason="the labelled pages are not here")

_EVERY = 16  # articles; the whole sets take minutes, see tests/eval/cuts.py


def test_cuts_are_found_and_not_repaired_wrongly() -> None:
    total = cuts.in_all(cuts.score("A", every=_EVERY))
    assert total.spots >= 40
    assert total.detected >= 0.98 * total.spots, total.failures
    assert total.wrong == 0, total.failures
    assert total.restored >= 0.3 * total.spots, total.row()


def test_nearly_every_gloss_is_removed_and_no_other_bracket() -> None:
    for style, counts in glosses.score("B", every=17).items():
        assert counts["removed"] >= 0.9999 * counts["glosses"], style
        assert counts["touched"] == 0, style


@pytest.mark.parametrize("style", ["toned", "spaced", "numbered", "phonetic letters"])
@pytest.mark.parametrize("name", [name for name in KEPT if "(" in KEPT[name]])
def test_the_brackets_of_a_person_stay_on_a_glossed_page(name: str, style: str) -> None:
    form, spelling = glosses.STYLES[style]
    for key, text in list(cuts.articles("B"))[::24]:
        page = traditional(cuts.passage(text)) + "\n" + KEPT[name]
        damaged = glossed(page, cuts.glossed_by(key), form, spelling)
        after = iter(applied(damaged, 0, len(damaged), list(gloss.strip(damaged))))
        assert all(char in after for char in page), key  # nothing of the page is missing


def test_clean_articles_are_neither_changed_nor_flagged() -> None:
    for _, text in list(cuts.articles("B"))[::3]:
        for script in (text, traditional(text)):
            assert not list(mend.restore(script))
            assert not list(gloss.strip(script))

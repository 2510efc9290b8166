"""What a new derivation changes: per article, and over all of them.

The numbers and versions under `derivation` differ on every line after any change of the rules, so
they make no article a changed one; the summary tells them.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_LEDGERS = ("edits", "evidence")  # too long to show; `fangzhi explain` does
_TEXTS = ("text", "text_norm")


class Comparison:
    """Counts over all lines that were compared."""

    def __init__(self) -> None:
        self.total = self.changed = 0
        self._keys: Counter[str] = Counter()
        self._derivations: Counter[tuple[str, str]] = Counter()

    def add(self, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
        """What changed between a stored line and a new one, for reading; empty where nothing did.

        `None` stands for a line that was not stored, or is no longer derived.
        """
        self.total += 1
        found = difference(old, new)
        self.changed += bool(found)
        if old is not None and new is not None:
            self._keys.update(_changed(old, new))
            rules = old.get("derivation"), new.get("derivation")
            if rules[0] and rules[1] and rules[0] != rules[1]:
                self._derivations[_named(rules[0], rules[1])] += 1
        return found

    def summary(self) -> Iterator[str]:
        """Lines that say how much changed, in which keys, and between which derivations."""
        yield f"{self.changed:,} of {self.total:,} lines differ from the stored text"
        if self._keys:
            yield "  " + ", ".join(f"{key} {count:,}" for key, count in self._keys.most_common())
        for (old, new), count in sorted(self._derivations.items()):
            yield f"  derivation of {count:,}: {old} -> {new}"


def difference(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    """What changed between two lines of one capture, for reading; empty where nothing did."""
    if old is None or new is None:
        one, mark, why = (
            (old, "-", "no longer derived") if new is None else (new, "+", "not stored before")
        )
        assert one is not None
        return f"{mark} {one['id']} {one['url']}: {why}"
    keys = _changed(old, new)
    rows = [f"~ {new['id']} {new['url']}"] if keys else []
    for key in keys:
        if key in _TEXTS:
            before, after = str(old.get(key) or ""), str(new.get(key) or "")
            rows += difflib.unified_diff(
                before.split("\n"), after.split("\n"), key, key, lineterm="", n=0
            )
        else:
            shown = "" if key in _LEDGERS else f": {old.get(key)!r} -> {new.get(key)!r}"
            rows.append(f"  {key}{shown}")
    return "\n".join(rows)


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    keys = dict.fromkeys((*old, *new))
    return [key for key in keys if key != "derivation" and old.get(key) != new.get(key)]


def _named(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, str]:
    """The parts of two derivations that differ."""
    keys = [key for key in dict.fromkeys((*old, *new)) if old.get(key) != new.get(key)]
    before, after = ({key: rules.get(key) for key in keys} for rules in (old, new))
    return json.dumps(before, ensure_ascii=False), json.dumps(after, ensure_ascii=False)

"""Chinese place names, their codes, and what the order of a list of them says.

A published list of counties follows provinces or codes; a spider pool draws names at random.
Measured (2026-11): 5 of 5 real county lists and 8,000 of 8,000 sorted samples pass
`is_ordered`, 0 of 6,000 random lists of 12 to 40 names do, and 1.6 % of random lists of 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from archive import vocab
from archive.chinese.variants import fold
from archive.errors import VocabularyError

# Shares of neighbours, of the measurement above.
SAME_PROVINCE = 0.40
ASCENDING = 0.85


@lru_cache(maxsize=8192)
def codes(name: str) -> tuple[int, ...]:
    """The GB/T 2260 codes the name has had, ascending; empty when it is no place name.

    >>> codes("彰武县"), codes("景谷"), codes("彰武縣") == codes("彰武县"), codes("科技处")
    ((210922,), (530824, 532725), True, ())

    Full names and short forms of two to four characters (金秀, 双江) are known.
    """
    known = _names()
    return known.get(name) or known.get(fold(name)) or ()


def count(names: Sequence[str]) -> int:
    """How many of `names` are place names; for many, as it keeps nothing in mind."""
    known, text = _names(), "\n".join(names)
    found = sum(map(known.__contains__, names))
    if (plain := fold(text)) is text:
        return found
    pairs = zip(names, plain.split("\n"), strict=True)
    return found + sum(new in known for name, new in pairs if name not in known)


def share(names: Sequence[str]) -> float:
    """The share of `names` that are place names."""
    return sum(bool(codes(name)) for name in names) / len(names) if names else 0.0


def is_ordered(names: Sequence[str]) -> bool:
    """True when a list of places is in the order of provinces, codes or sounds, as published.

    GB 2312 orders its first 3,755 characters by sound, so its bytes tell an alphabetical city
    picker. Unknown names are left out. It is wrong about rankings and warnings, which are published in
    no order of places: a list that is not ordered is a clue, never enough to cut.
    """
    known = [found for found in map(codes, names) if found]
    pairs = list(pairwise(known))
    if not pairs:
        return True
    together = sum(not _provinces(a).isdisjoint(_provinces(b)) for a, b in pairs)
    rising = sum(max(b) >= min(a) for a, b in pairs)
    if together >= SAME_PROVINCE * len(pairs) or rising >= ASCENDING * len(pairs):
        return True
    sounds = [name.encode("gb2312", "replace") for name in names]
    return sum(a[:1] <= b[:1] for a, b in pairwise(sounds)) >= ASCENDING * (len(sounds) - 1)


@lru_cache(maxsize=8192)
def split_place(text: str) -> tuple[str, str] | None:
    """The longest place name `text` begins with, and what follows it; None without both.

    >>> split_place("略阳搬家公司"), split_place("济南白癜风医院"), split_place("彰武县")
    (('略阳', '搬家公司'), ('济南', '白癜风医院'), None)

    A name may lack its last character (木里藏族自治), as generated matrices cut it.
    """
    if codes(text):
        return None
    plain = fold(text)
    for length in _lengths().get(plain[:2], ()):
        if length < len(plain) and plain[:length] in _stems():
            return text[:length], text[length:]
    return (text[:1], text[1:]) if len(text) > 1 and plain[:1] in _stems() else None


def may_begin_with_places(texts: Sequence[str]) -> int:
    """How many of the texts may begin with a place name of two characters or more; no other does."""
    starts = fold("\n".join([text[:2] for text in texts])).split("\n")
    return sum(map(_lengths().__contains__, starts))


def _provinces(found: tuple[int, ...]) -> frozenset[int]:
    return frozenset(code // 10000 for code in found)


@cache
def _names() -> dict[str, tuple[int, ...]]:
    names: dict[str, tuple[int, ...]] = {}
    for line in vocab.lines("areas.tsv"):
        name, numbers, *kind = line.split("\t")
        if kind not in ([], ["short"]):
            raise VocabularyError(vocab.folder() / "areas.tsv", name, f"unknown kind {kind}")
        names[name] = tuple(int(number) for number in numbers.split(","))
    return names


@cache
def _stems() -> frozenset[str]:
    names = _names()
    return frozenset(names) | frozenset(name[:-1] for name in names if len(name) > 1)


@cache
def _lengths() -> Mapping[str, tuple[int, ...]]:
    """The first two characters of a name, and the lengths such names have, longest first."""
    found: dict[str, set[int]] = {}
    for stem in _stems():
        found.setdefault(stem[:2], set()).add(len(stem))
    return {start: tuple(sorted(lengths, reverse=True)) for start, lengths in found.items()}

"""Pinyin glosses that mirror machinery writes behind characters: `學(xué)` for 學.

The tools replace a character by itself and its first reading, everywhere or nowhere, and only
characters that a conversion to Traditional changed. So the decision is one for the document:
characters whose every occurrence carries the same first reading, again and again, are the
tool's; readings a person wrote (a rare name, a list of words) lack that.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from archive.chinese.language import canonical, model
from archive.chinese.variants import forms, is_traditional
from archive.damage.annotations import (
    TEACHES,
    Gloss,
    bare_glosses,
    by_character,
    explained,
    glosses,
    is_convertible,
    is_hanzi,
    mixed,
)
from archive.damage.readings import BARE, GLOSS, LETTERS, OPENED, TONED, has_tone, is_reading
from archive.damage.wordgloss import WordGloss, word_glosses
from archive.model import Change

# Measured on glossed, clean and trap passages of development pages, 2026-11-24.
_ENOUGH = 8  # glosses by the tool in a document
_KINDS = 3  # different characters
_SHARE = 0.7  # of the valid readings; the rest may be a person's
_REPEATED = 1.2  # glosses per character: word lists name each character once
_ALWAYS = 0.8  # of a character's occurrences: a second article on the page may lack the glosses
_OFTEN = 0.5  # the same once the tool is proved by its other characters
_OWN_TABLE = (
    3  # glosses that are no first reading here, as 長(cháng): the table of that tool has another
)
_FEW = 3  # glosses of a short notice, if every sign of running text is there
_RARE = 12.0  # nats
_REACH = 2  # uncommon characters that a tool glosses which may gloss rare ones
_FAR = 0.125  # of the uncommon characters of a text are glossed by a tool with a long table
_UNTOLD = 3  # uncommon characters tell nothing about the reach of a tool that glosses none of them
_ALONE = 0.2  # of the glosses stand in no word that is known, as in names
_NEAR = 30  # characters beside a gloss, with the glosses in them
_REPEATS = 0.8  # of the glosses of a tool that writes each more than once
_SPACED = 0.8  # of the glosses that end no line have a space behind them
# A tool that glosses characters of any kind: glosses, characters, glosses of each, their share of all
# glosses and of all hanzi. Set on newly written texts, 2026-11-30.
_MANY, _MANY_KINDS, _MANY_REPEATED, _MOSTLY, _MOST = 24, 10, 1.5, 0.85, 0.5
_COMMON = 9.5  # nats; characters whose reading people write out (彧 灃 鋰 埔) lie above 11


def strip(text: str) -> Iterator[Change]:
    """The removal of the tool's glosses, none where the document shows no tool."""
    bare = TONED.search(text) is not None
    if not (bare or OPENED.search(text)):  # one cheap look before anything is loaded
        return
    valid = [g for g in glosses(text) if is_reading(g.reading, g.char)]
    if bare:
        valid = max(valid, _without_brackets(text), key=len)
    own, lists = set(explained(valid, text)), mixed(valid, text)
    valid = [g for g in valid if g not in own]
    kinds = by_character(valid).values()
    machine = [g for kind in kinds if _by_machine(kind, text, _ALWAYS) for g in kind]
    words = word_glosses(text)
    yield from _of_words(words)
    reached = _reached(valid, text)
    if _by_any_table(kinds, text):
        machine = [
            g
            for kind in kinds
            if _is_steady(kind, reached) or _by_machine(kind, reached, _ALWAYS)
            for g in kind
        ]
    elif not _decided(machine, valid, text) and not (machine and words):
        return
    elif len(machine) >= _ENOUGH:
        table = any(not _is_first(gloss) for gloss in machine)
        machine = [g for kind in kinds if _by_machine(kind, reached, _OFTEN, table) for g in kind]
    if len(machine) < _MANY and TEACHES.search(text):
        return
    machine = _without_rare(_in_style(machine), valid, text)
    counted = f"{len(machine)} glosses on {len(by_character(machine))} characters"
    confidence = 0.99 if len(machine) >= _ENOUGH else 0.9
    spaced = _writes_spaces(machine, text)
    alone = [gloss for gloss in machine if gloss not in lists]
    repeats = bool(alone) and sum(gloss.repeated for gloss in alone) >= _REPEATS * len(alone)
    for gloss in machine:
        # A tool that writes once: the second bracket is the page's own, 學(xué)(xué)：獲得知識.
        end = (
            gloss.end + (spaced and gloss.spaced)
            if repeats or not gloss.repeated
            else gloss.first_end
        )
        yield Change(gloss.start, end, "", "pinyin-gloss", counted, confidence, flag="pinyin-gloss")


def _without_brackets(text: str) -> list[Gloss]:
    """Readings without a bracket, 學xué. People write them so in lessons (妈mā, 麻má), so a few count only where
    each stands behind a Traditional character, as a mirror makes it, and is a reading of it."""
    found = list(bare_glosses(text))
    valid = [gloss for gloss in found if is_reading(gloss.reading, gloss.char)]
    machine = len(valid) == len(found) and all(is_traditional(gloss.char) for gloss in valid)
    return valid if machine or len(valid) >= _ENOUGH else []


def _reached(found: Sequence[Gloss], text: str) -> str:
    """The lines with a gloss: the title and frame of a page may lack its glosses, and have the same
    few characters as the text, 县 and 会."""
    ends, at = sorted(gloss.start for gloss in found), 0
    lines: list[str] = []
    for line in text.split("\n"):
        place = bisect_left(ends, at)
        if place < len(ends) and ends[place] <= at + len(line):
            lines.append(line)
        at += len(line) + 1
    return "\n".join(lines)


def _of_words(words: Sequence[WordGloss]) -> Iterator[Change]:
    counted = f"{len(words)} glosses of words"
    for word in words:
        yield Change(word.start, word.end, "", "pinyin-gloss", counted, 0.9, flag="pinyin-gloss")


def _by_any_table(kinds: Iterable[Sequence[Gloss]], text: str) -> bool:
    """Whether a tool glosses characters that no conversion changes: some common ones, each of them
    always and again and again. A lesson or verse with all its readings has more of its characters glossed,
    a person's notes name each character once."""
    steady = [kind for kind in kinds if _is_steady(kind, text)]
    count = sum(map(len, steady))
    if count < _MANY or len(steady) < _MANY_KINDS or count < _MANY_REPEATED * len(steady):
        return False
    valid = sum(map(len, kinds))
    return count >= _MOSTLY * valid and count <= _MOST * sum(map(is_hanzi, text))


def _is_steady(kind: Sequence[Gloss], text: str) -> bool:
    alike = len({(gloss.reading, gloss.bracket) for gloss in kind}) == 1
    char = kind[0].char
    return alike and _is_first(kind[0]) and _is_common(char) and len(kind) == text.count(char)


_APART = re.compile("[\u4e00-\u9fff] ")  # a space that is the page's own

_TWO_READINGS = re.compile(rf"[(（]\s?[{LETTERS}]{{1,7}}[\s'’·]+[{LETTERS}]{{1,7}}\s?[)）]")


def _in_style(machine: Sequence[Gloss]) -> list[Gloss]:
    """The glosses in the brackets and with the tones that most of them have: a tool has one style."""
    bracket, _ = Counter(gloss.bracket for gloss in machine).most_common(1)[0]
    toned = sum(has_tone(gloss.reading) for gloss in machine) * 2 >= len(machine)
    manner, _ = Counter(gloss.manner for gloss in machine).most_common(1)[0]
    return [
        gloss
        for gloss in machine
        if gloss.bracket == bracket
        and gloss.manner in (manner, "")
        and (toned or not has_tone(gloss.reading))
        and (not toned or has_tone(gloss.reading) or _is_first(gloss))
    ]


def _without_rare(machine: Sequence[Gloss], valid: Sequence[Gloss], text: str) -> list[Gloss]:
    """The glosses but those that a person wrote behind a rare character, once.

    Writer and tool leave the same signs there, so the document tells how far its tool reaches: by
    the other uncommon characters, of those that a conversion changes, which it glossed and left.
    The tables of the samples end at 9.4 nats and gloss none of 28. A character is not rare in a
    usual word (基礎), and a rare word needs less reach than a name, whose reading people give;
    where a person explains other characters in this text, names stay. Wrong where a person glosses one name on the page of a
    tool with a long table, or where a long table shows on no other character of a short page.
    """
    kinds = by_character(machine)
    rare = {
        char
        for char, kind in kinds.items()
        if len(kind) == 1 and _cost(char) >= _RARE and not _is_taught(char)
    }
    if not rare:
        return list(machine)
    glossed = sum(_cost(char) >= _COMMON for char in kinds.keys() - rare)
    others = sum(is_traditional(c) and _cost(c) >= _COMMON for c in set(text) - rare)
    alone = not _explains(machine, valid, text)
    names = alone and glossed >= _REACH and glossed >= _FAR * others
    words = glossed >= _REACH or (alone and (glossed > 0 or others <= _UNTOLD))
    return [
        gloss
        for gloss in machine
        if gloss.char not in rare
        or gloss.repeated
        or names
        or _word(gloss, text) < (math.inf if words else _RARE)
    ]


def _explains(machine: Sequence[Gloss], valid: Sequence[Gloss], text: str) -> bool:
    """Whether a person gives readings in this text: of a character that the tool does not gloss,
    or of two characters in one bracket, 饕餮(tāo tiè)."""
    return len(valid) > len(machine) or bool(_TWO_READINGS.search(text))


def _word(gloss: Gloss, text: str) -> float:
    """What the most usual word costs in which a glossed character stands; infinite without one."""
    before, after = text[max(0, gloss.start - _NEAR) : gloss.start], text[gloss.end :][:_NEAR]
    pattern = GLOSS if gloss.bracket.strip() else BARE
    left = pattern.sub(r"\g<char>", before).replace(" ", "")[-4:]
    right = pattern.sub(r"\g<char>", after).replace(" ", "")[:3]
    near = canonical(left + right)
    at = len(left) - 1
    words = (
        near[start:end]
        for start in range(max(0, at - 3), at + 1)
        for end in range(at + 1, min(len(near), start + 4) + 1)
    )
    known = model().words
    return min((_cost(word[0]) + known[word] for word in words if word in known), default=math.inf)


def _writes_spaces(machine: Sequence[Gloss], text: str) -> bool:
    """True if the tool writes a space behind each gloss: 習(xi) 近平.

    Otherwise a space there is the page's own, as between two names, or between all characters.
    """
    glossed = sum(gloss.spaced for gloss in machine)
    ends = sum(text[gloss.end : gloss.end + 1] in ("", "\n") for gloss in machine)
    if glossed < _SPACED * (len(machine) - ends):
        return False
    own = len(_APART.findall(text))
    double = sum(text[gloss.end : gloss.end + 2] == "  " for gloss in machine)
    hanzi = sum(map(is_hanzi, text)) - len(machine)
    return own < 0.5 * hanzi or double * 2 >= len(machine) - ends


def _by_machine(kind: Sequence[Gloss], text: str, always: float, own: bool = False) -> bool:
    """True for a character glossed (nearly) always, always alike, with its first reading.

    A tool with a table of its `own` has other readings first, of common characters, too.
    """
    char = kind[0].char
    if len({g.reading for g in kind}) > 1 and not (forms(char) and all(map(_is_first, kind))):
        return False
    if len(kind) < always * text.count(char):
        return False
    if not has_tone(kind[0].reading):
        return is_convertible(char) or _is_common(char)
    known = _is_first(kind[0]) or len(kind) >= _OWN_TABLE or (own and _is_common(char))
    return known and is_convertible(char)


def _is_first(gloss: Gloss) -> bool:
    """True for the first reading of a character, or, on a page converted back to Simplified, of one
    of the characters it was: 发 was 發(fā) or 髮(fà)."""
    char, reading = gloss.char, gloss.reading
    return any(is_reading(reading, form, first=True) for form in (char, *forms(char)))


def _is_common(char: str) -> bool:
    return _cost(char) < _COMMON


def _is_taught(char: str) -> bool:
    """True for the 3,755 characters of GB 2312, level 1, which everybody can read: 棟, never 灃."""
    data = canonical(char).encode("gb2312", "ignore")
    return len(data) == 2 and 0xB0 <= data[0] <= 0xD7


def _cost(char: str) -> float:
    return model().first.get(canonical(char), 99.0)


def _decided(machine: Sequence[Gloss], valid: Sequence[Gloss], text: str) -> bool:
    kinds = Counter(gloss.char for gloss in machine)
    if not machine or len(machine) < _SHARE * len(valid):
        return False
    if sum(gloss.repeated for gloss in machine) >= _FEW:
        return True
    if len(machine) >= _ENOUGH and len(kinds) >= _KINDS and len(machine) >= _REPEATED * len(kinds):
        return True
    running = sum(gloss.inside for gloss in machine) * 2 >= len(machine)
    common = sum(_is_common(gloss.char) for gloss in machine)
    # A word list names each character alone; the glosses of a notice stand in its words.
    if not running:
        alone = sum(not gloss.inside and _word(gloss, text) == math.inf for gloss in machine)
        running = alone <= _ALONE * len(machine)
    if len(machine) >= _ENOUGH:
        return running and common * 2 >= len(machine)
    common += sum(n for char, n in kinds.items() if n > 1 and not _is_common(char))
    return len(machine) >= _FEW and running and common >= 0.75 * len(machine)

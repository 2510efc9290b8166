"""News stories of an invented county, written for these tests and told deterministically.

The sentence material lies in `texts/*.txt` (one topic a file, sections `== title|lead|fact|
demand|close`), the names in `texts/slots.toml`. `stories("M1", 60)` always tells the same
sixty: a topic's sentences are dealt like cards, so two stories of one topic share few of them,
and every number and village is drawn anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent / "texts"
FIRST_DAY = date(2021, 7, 5)


@dataclass(frozen=True, slots=True)
class Story:
    """One article before any template; `paragraphs` are its exact lines."""

    key: str  # the sentence id that stands in it exactly once
    topic: str
    title: str
    day: date  # published, at +08:00
    time: str  # HH:MM
    source: str
    author: str
    editor: str
    paragraphs: tuple[str, ...]

    @property
    def day_and_time(self) -> str:
        return f"{self.day} {self.time}"

    @property
    def published(self) -> str:
        """ISO 8601 at +08:00."""
        return f"{self.day}T{self.time}:00+08:00"


@cache
def topics() -> dict[str, dict[str, tuple[str, ...]]]:
    """Topic -> section -> sentences, as written."""
    found = {}
    for path in sorted(FOLDER.glob("[0-9]*.txt")):
        sections: dict[str, tuple[str, ...]] = {}
        for part in path.read_text("utf-8").split("== ")[1:]:
            name, *lines = part.strip().splitlines()
            sections[name] = tuple(lines)
        found[path.stem] = sections
    return found


@cache
def names() -> dict[str, list[str]]:
    """The name lists of slots.toml."""
    return tomllib.loads((FOLDER / "slots.toml").read_text("utf-8"))


class Deck:
    """Cards dealt until all were dealt, then shuffled again; no hand holds a card twice."""

    def __init__(self, cards: tuple[str, ...] | list[str], random: Random) -> None:
        self._cards, self._random, self._left = list(cards), random, list[str]()

    def deal(self, number: int = 1) -> list[str]:
        hand: list[str] = []
        while len(hand) < number:
            if not self._left:
                self._left = [card for card in self._cards if card not in hand]
                self._random.shuffle(self._left)
            card = self._left.pop()
            if card not in hand:
                hand.append(card)
        return hand


class Slots(dict[str, str]):
    """What a sentence's `{…}` stand for: fixed names, and numbers drawn at each look-up."""

    def __init__(self, random: Random, day: date) -> None:
        leader = random.choice(names()["leaders"])
        name = leader
        for title in sorted(names()["titles"], key=len, reverse=True):
            name = name.removeprefix(title)
        super().__init__(
            md=f"{day.month}月{day.day}日",
            leader=leader,
            name=name,
            town=random.choice(names()["towns"]),
        )
        self._random = random
        self._schools = Deck(names()["schools"], random)
        self._villages = Deck(names()["villages"], random)

    def __missing__(self, slot: str) -> str:
        draw = self._random
        match slot:
            case "a":
                return str(draw.randint(2, 9))
            case "b":
                return str(draw.randint(11, 98))
            case "c":
                return str(draw.randint(110, 980))
            case "k":
                return str(draw.randint(1200, 9800))
            case "p":
                return f"{draw.randint(150, 989) / 10}%"
            case "money":
                return f"{draw.randint(120, 9600)}万元"
            case "person":
                return person(draw)
            case "school":
                return self._schools.deal()[0]
            case "village":
                return self._villages.deal()[0]
        raise KeyError(slot)


def person(random: Random) -> str:
    """An invented name."""
    return random.choice(names()["surnames"]) + random.choice(names()["given"])


@cache
def stories(code: str, number: int) -> tuple[Story, ...]:
    """The first `number` stories of a host model, oldest first; titles are unique."""
    telling = _tell(code)
    return tuple(next(telling) for _ in range(number))


def _tell(code: str) -> Iterator[Story]:
    random = Random(f"stories of {code}")
    material = {topic: sections for topic, sections in topics().items() if "lead" in sections}
    decks = {
        topic: {name: Deck(cards, random) for name, cards in sections.items()}
        for topic, sections in material.items()
    }
    shared = Deck(topics()["00_common"]["demand"], random)
    titles: set[str] = set()
    for serial in count(1):
        topic = list(decks)[(serial - 1) % len(decks)]
        day = FIRST_DAY + timedelta(days=(serial - 1) * 2)
        slots = Slots(random, day)
        title = _title(decks[topic]["title"], slots, titles, random)
        key = f"〔K-{code}-{serial:03d}〕"
        paragraphs = _paragraphs(decks[topic], shared, slots, random)
        yield Story(
            key=key,
            topic=topic,
            title=title,
            day=day + timedelta(days=random.randint(0, 1)),
            time=f"{random.randint(8, 18):02d}:{random.randint(0, 59):02d}",
            source=random.choice(names()["sources"]),
            author=person(random),
            editor=person(random),
            paragraphs=_mark(paragraphs, key, random),
        )


def _title(deck: Deck, slots: Slots, taken: set[str], random: Random) -> str:
    while True:
        title = deck.deal()[0].format_map(slots)
        if title not in taken:
            taken.add(title)
            return title
        slots["town"] = Deck(names()["towns"], random).deal()[0]


def _paragraphs(decks: dict[str, Deck], shared: Deck, slots: Slots, random: Random) -> list[str]:
    facts = decks["fact"].deal(random.randint(7, 11))
    first, second = random.randint(0, 2), random.randint(4, 6)
    speech = f"{slots['name']}{random.choice(('强调', '指出', '要求', '表示'))}，"
    told = (
        decks["lead"].deal() + facts[:first],
        facts[first:second],
        [speech, *decks["demand"].deal(2), *shared.deal(random.randint(0, 2))],
        facts[second:],
        decks["close"].deal(random.randint(1, 2)),
    )
    return ["".join(part).format_map(slots) for part in told]


def _mark(paragraphs: list[str], key: str, random: Random) -> tuple[str, ...]:
    """The paragraphs with the sentence id before the full stop of one of them."""
    chosen = random.randrange(len(paragraphs))
    return tuple(
        text.removesuffix("。") + key + "。" if place == chosen else text
        for place, text in enumerate(paragraphs)
    )

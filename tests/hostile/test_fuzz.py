"""A short run of the fuzzers; `make fuzz` is the long one."""

from __future__ import annotations

import random

import pytest

from tests.hostile import fuzz


@pytest.mark.parametrize("name", fuzz.TARGETS)
def test_every_seed_is_read_as_promised(name: str) -> None:
    target = fuzz.TARGETS[name]()
    assert target.seeds
    for seed in target.seeds:
        target.check(seed)


def test_the_same_number_makes_the_same_mutants() -> None:
    seeds = [b"abc" * 9, b"xyz"]
    once, twice = (
        [fuzz.mutate(seeds[0], seeds, chance) for _ in range(200)]
        for chance in (random.Random(5), random.Random(5))
    )
    assert once == twice
    assert len(set(once)) > 100


@pytest.mark.soak
@pytest.mark.parametrize("name", fuzz.TARGETS)
def test_no_mutant_breaks_a_reader(name: str) -> None:
    tried, broken = fuzz.run(name, seconds=15, seed=2)
    assert tried
    assert not broken

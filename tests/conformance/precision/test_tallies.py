"""Tallies add up whatever the order, to the bit, and survive JSON."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.conformance.precision import strips, tallies
from tensorcts.conformance.precision.tallies import COUNTERS, Example, Row, Tally, merge

SUMS = st.integers(-(2**80), 2**80)
EXAMPLES = st.builds(
    Example,
    st.tuples(st.integers(0, 40)),
    st.integers(0, 2**16 - 1),
    st.sampled_from(["0x1.8p+1", "nan", "-0x0.0p+0"]),
    st.sampled_from([0.5, -0.5, 3.25, -7.0, float("inf")]),
)
COUNTS = st.dictionaries(st.sampled_from(COUNTERS), st.integers(1, 9), max_size=3).map(Counter)
ROWS = st.builds(
    Row,
    st.integers(0, 99), st.integers(0, 99), SUMS, SUMS, SUMS,
    st.none() | EXAMPLES,
    COUNTS,
    st.dictionaries(st.sampled_from(COUNTERS), EXAMPLES, max_size=3),
)  # fmt: skip
BINS = st.dictionaries(st.integers(0, tallies.BINS - 1), st.integers(1, 9), max_size=4).map(Counter)
TALLIES = st.builds(Tally, st.dictionaries(st.integers(0, 4), ROWS, max_size=3), BINS)


@given(TALLIES, TALLIES)
def test_the_order_does_not_show(one: Tally, other: Tally) -> None:
    assert one + other == other + one


@given(TALLIES, TALLIES, TALLIES)
def test_how_they_are_grouped_does_not_show(a: Tally, b: Tally, c: Tally) -> None:
    assert (a + b) + c == a + (b + c)


@given(TALLIES)
def test_nothing_adds_nothing(tally: Tally) -> None:
    assert tally + Tally() == tally == merge([tally])


@given(TALLIES)
def test_json_keeps_every_bit(tally: Tally) -> None:
    assert tallies.from_json(json.loads(json.dumps(tallies.to_json(tally)))) == tally


@given(st.lists(st.floats(0, 2.0**70), min_size=1, max_size=40))
def test_every_error_lies_in_its_bin(sizes: list[float]) -> None:
    for size, place in zip(sizes, strips.bins(np.array(sizes)), strict=True):
        assert size <= tallies.upper_end(int(place))
        assert place == 0 or size >= tallies.upper_end(int(place) - 1)


@given(st.lists(st.floats(0, 2.0**40), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_percentile_is_not_exceeded_by_more_than_the_rest(
    sizes: list[float], share: float
) -> None:
    worst = Example((0,), 0, "0x0.0p+0", max(sizes))
    histogram = Counter(int(b) for b in strips.bins(np.array(sizes)))
    found = Tally({0: Row(len(sizes), len(sizes), worst=worst)}, histogram).percentile(share)
    assert np.count_nonzero(np.array(sizes) <= found) >= share * len(sizes)
    assert found <= max(sizes)

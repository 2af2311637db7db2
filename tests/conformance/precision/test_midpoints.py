"""Hard arguments of float64: results next to midpoints, by whole numbers and mpmath."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.conformance.precision import midpoints
from tensorcts.conformance.precision.blocks import Plan
from tensorcts.conformance.precision.functions import find
from tensorcts.conformance.precision.judging import Judge
from tensorcts.conformance.precision.truths import Truths

MP: Any = mpmath.MPContext()
MP.prec = 300

FORMULAS: dict[str, Callable[..., Any]] = {
    "exp": MP.exp,
    "log": MP.log,
    "sqrt": MP.sqrt,
    "reciprocal": lambda x: 1 / x,
    "tan": MP.tan,
    "divide": lambda x, y: x / y,
    "hypot": MP.hypot,
    "pow": MP.power,
}

EVERYDAY = st.integers(*np.array([2.0**-6, 2.0**6]).view(np.int64).tolist())


def apart(value: Any) -> float:
    """How far a number is from a midpoint of float64's, in ulps."""
    scaled = MP.ldexp(value, 53 - MP.frexp(value)[1])
    return float(abs(scaled - MP.floor(scaled) - 0.5))


def number(pattern: int) -> Any:
    return MP.mpf(float(np.uint64(pattern).view(np.float64)))


@pytest.mark.parametrize("name", FORMULAS)
@given(data=st.data())
def test_results_lie_next_to_midpoints(name: str, data: Any) -> None:
    function = find(name)
    start, *others = (data.draw(EVERYDAY) for _ in range(function.arity))
    found = midpoints.nearest(Truths(function, "float64"), start, *others)
    if found is not None:
        assert found >> 52 == start >> 52
        assert apart(FORMULAS[name](*map(number, others), number(found))) < 2 * midpoints.NEAR


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "reciprocal"])
def test_most_of_them_nearer_than_a_step_in_so_many(name: str) -> None:
    starts = np.random.default_rng(0).uniform(0.3, 9, 21).view(np.int64).tolist()
    found = [midpoints.nearest(Truths(find(name), "float64"), start) for start in starts]
    assert median(apart(FORMULAS[name](number(p))) for p in found if p is not None) < 2.0**-17


def test_what_does_not_change_has_none() -> None:
    for name, x in (("tanh", 40.0), ("exp", -800.0), ("log", -1.0), ("sin", 1e-300)):
        start = int(np.float64(x).view(np.uint64))
        assert midpoints.nearest(Truths(find(name), "float64"), start) is None


@given(st.lists(st.integers(1 << 52, (2046 << 52) - 1), min_size=64, max_size=64, unique=True))
def test_squares_of_short_numbers_have_a_bit_more(drawn: list[int]) -> None:
    for pattern in midpoints.of_squares(np.array(drawn, np.uint64), "float64").tolist():
        fraction = (1 << 52) | (pattern & ((1 << 52) - 1))
        square = (fraction >> 26) ** 2
        assert fraction % 2**26 == 0 and square % 2 == 1 and 53 <= square.bit_length() <= 54


@pytest.mark.skipif(np.finfo(np.longdouble).nmant != 63, reason="needs numbers of 64 bits")
def test_a_root_that_is_rounded_twice_is_found(judge: Callable[..., Judge]) -> None:
    """It is wrong where 64 bits round to a midpoint: once in 2**12, but for hard arguments."""

    def twice(x: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.sqrt(x.astype(np.longdouble)).astype(np.float64)

    right, wrong = (judge("sqrt", "float64", each).tally(15).all for each in (None, twice))
    assert right.counts["misrounded"] == 0 and wrong.counts["misrounded"] > 10


def test_pairs_have_midpoints_too() -> None:
    pairs = list(Plan(find("multiply"), "float64", "sampled pairs").pairs(15))
    hard = [(int(x[0]), int(y)) for x, ys in pairs for y in ys[256:]]
    assert len(hard) > 64
    assert median(apart(number(x) * number(y)) for x, y in hard) < 2.0**-17

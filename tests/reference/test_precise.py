"""Functions to the working precision, by balls and by mpmath's two precisions alike."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import mpmath
import numpy as np
import pytest
from hypothesis import example, given

from tensorcts.reference.arrays import balls, multiprecision, precise
from tensorcts.reference.arrays.multiprecision import (
    MP,
    PRECISION,
    arbitrary_precision,
    nearest_float,
)

POINTS = 350
"""Points of each kind."""

DOMAINS = {
    "exp": (-math.inf, math.inf), "expm1": (-math.inf, math.inf), "log": (0, math.inf),
    "log2": (0, math.inf), "log10": (0, math.inf), "log1p": (-1, math.inf),
    "sin": (-math.inf, math.inf), "cos": (-math.inf, math.inf), "tan": (-math.inf, math.inf),
    "asin": (-1, 1), "acos": (-1, 1), "atan": (-math.inf, math.inf),
    "sinh": (-math.inf, math.inf), "cosh": (-math.inf, math.inf), "tanh": (-math.inf, math.inf),
    "asinh": (-math.inf, math.inf), "acosh": (1, math.inf), "atanh": (-1, 1),
    "erf": (-math.inf, math.inf), "erfc": (-math.inf, 10000), "erfinv": (-1, 1),
    "loggamma": (0, math.inf), "digamma": (0, math.inf),
}  # fmt: skip
with_balls = pytest.mark.skipif(balls.library() is None, reason="python-flint is not installed")


@contextmanager
def without_balls(patch: pytest.MonkeyPatch) -> Iterator[None]:
    with patch.context() as inside:
        inside.setattr(balls, "library", lambda: None)
        yield


def hard_and_random(name: str) -> list[float]:
    """Numbers of the domain: of every size and sign, and beside zeros and ends of domains."""
    rng, (low, high) = np.random.default_rng(0), DOMAINS[name]
    count = POINTS if name != "erfinv" else POINTS // 10  # mpmath solves an equation
    sizes = 2.0 ** rng.uniform(-1074, 1023, count)
    beside = rng.choice([1, 2, 1.4616321449683623, np.pi, np.pi / 2, 1e22], count)
    beside *= 1 + rng.choice([-1, 0, 1], count) * 2.0 ** rng.uniform(-52, 0, count)
    found = np.concatenate([sizes, rng.uniform(0, 8, count), beside])
    found *= rng.choice([-1, 1], found.size)
    return [float(x) for x in found if low < x < high]


@pytest.mark.skipif(balls.library() is None, reason="python-flint is not installed")
@pytest.mark.parametrize("name", DOMAINS)
def test_both_ways_give_the_same_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, points = precise.function(name), [MP.mpf(x) for x in hard_and_random(name)]
    with arbitrary_precision():
        found = [function(x) for x in points]
        with without_balls(monkeypatch):
            again = [function(x) for x in points]
        for x, one, other in zip(points, found, again, strict=True):
            assert abs(one - other) <= MP.ldexp(abs(other), 1 - PRECISION), x
            assert nearest_float(one) == nearest_float(other), x


@pytest.mark.parametrize("way", [contextlib.nullcontext, without_balls])
@pytest.mark.parametrize(
    ("name", "x"), [("digamma", 1.4616321449683623), ("loggamma", 2 + 2.0**-50),
                    ("acosh", 1 + 2.0**-52), ("erfinv", 1e-300)],
)  # fmt: skip
@pytest.mark.parametrize("bits", [60, 200, 400])
def test_no_bits_are_lost(
    way: Any, name: str, x: float, bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """mpmath alone loses some beside zeros."""
    with way(monkeypatch), multiprecision.precision(bits), arbitrary_precision():
        found = precise.function(name)(MP.mpf(x))
    with mpmath.workprec(bits + 300):
        exact = getattr(mpmath, name)(mpmath.mpf(x))
        assert abs(mpmath.mpf(found) / exact - 1) <= mpmath.ldexp(1, -bits)


def test_results_that_never_agree_are_an_error() -> None:
    draw = np.random.default_rng(0)
    with arbitrary_precision(), pytest.raises(ArithmeticError, match=r"jitter.*to 200 bits"):
        precise.agreed(lambda x: x + draw.uniform(), (MP.mpf(1),), name="jitter")


def test_what_mpmath_gets_wrong_by_one_precision_is_found_out() -> None:
    """A function that drops its last 100 bits without a word."""

    def careless(x: Any) -> Any:
        with MP.workprec(MP.prec - 100):
            return MP.exp(x)

    with arbitrary_precision():
        found, exact = precise.agreed(careless, (MP.mpf(1),), name="careless"), MP.exp(1)
        assert abs(careless(MP.mpf(1)) - exact) > MP.ldexp(1, -110)
        assert abs(found - exact) <= MP.ldexp(1, 2 - PRECISION)


def test_the_precision_is_nobody_elses() -> None:
    """mpmath's global one may change at any moment: in another thread, say."""
    with arbitrary_precision(), mpmath.workprec(20):
        third = MP.mpf(1) / 3
    assert third.man.bit_length() > PRECISION - 5


@given(st.floats(-1074.0, -1000.0), st.floats(1, 2), st.booleans())
@example(-1074.0, 1.5, False)
@example(-1075.0, 1.0, False)
@example(-1080.0, 1.0, True)
def test_the_nearest_float_rounds_once(exponent: float, size: float, negative: bool) -> None:
    """Among the subnormal numbers too, where 53 bits are more than there are."""
    below = Fraction(size) * Fraction(2) ** round(exponent)
    half = Fraction(1, 2**1075)
    tie = (below // (2 * half)) * 2 * half + half
    for value in (below, tie, tie * (1 + Fraction(1, 2**90)), tie * (1 - Fraction(1, 2**90))):
        exact = -value if negative else value
        power = exact.denominator.bit_length() - 1
        assert nearest_float(multiprecision.scaled(exact.numerator, -power)) == float(exact)

"""The quick errors against the suite's own, which are proven against fractions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tensorcts.conformance.precision import errors
from tensorcts.reference import dtypes
from tensorcts.tolerances import ulps

NARROW = ("float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
Floats = NDArray[np.float64]


def expected(got: Floats, truth: Floats, name: str) -> Any:
    form, nothing = dtypes.format_of(name), np.zeros(truth.shape)
    with np.errstate(all="ignore"):
        size = ulps.error(got, truth, nothing, form) / ulps.kahan_ulp(truth, nothing, form)
    return np.where(np.isnan(got) | np.isnan(truth), np.nan, size)


def draw(name: str, seed: int, low: float, high: float) -> tuple[Floats, Floats]:
    """Truths between powers of two, many of them beside numbers and powers of two; results near."""
    rng, form, count = np.random.default_rng(seed), dtypes.format_of(name), 500
    truth = np.ldexp(rng.uniform(-1, 1, count), rng.integers(int(low), int(high), count))
    nudge = 1 + rng.integers(-2, 3, count) * 2.0 ** -(form.p + rng.integers(-1, 4, count))
    power = 2.0 ** rng.integers(form.emin, int(np.log2(form.max)), count)
    truth = np.where(rng.random(count) < 0.3, power * nudge, truth)
    beyond = errors.scale(name).beyond
    truth = np.clip(truth, -beyond, beyond)
    near = truth * (1 + rng.normal(size=count) * 2.0 ** (1 - form.p))
    with np.errstate(all="ignore"):
        got = dtypes.widen(dtypes.round_once(near, np.zeros(count), name))
    odd = rng.choice([0.0, -0.0, np.inf, -np.inf, np.nan], count)
    return np.where(rng.random(count) < 0.03, odd, got), truth


@pytest.mark.parametrize("name", NARROW)
@given(seed=st.integers(0, 2**32 - 1), where=st.sampled_from(["all", "small", "large", "one"]))
def test_they_are_the_suites(name: str, seed: int, where: str) -> None:
    form = dtypes.format_of(name)
    low, high = {
        "all": (-1070, 1000),
        "small": (form.emin - form.p - 3, form.emin + 4),
        "large": (np.log2(form.max) - 3, np.log2(form.max) + 3),
        "one": (-3, 3),
    }[where]
    got, truth = draw(name, seed, low, high)
    with np.errstate(all="ignore"):
        found, _ = errors.narrow(got, truth, errors.scale(name))
        alone = [errors.narrow(g, t, errors.scale(name))[0][0]
                 for g, t in zip(got[:50, None], truth[:50, None], strict=True)]  # fmt: skip
    np.testing.assert_array_equal(np.abs(found), expected(got, truth, name))
    np.testing.assert_array_equal(np.abs(alone), expected(got, truth, name)[:50])


def test_the_sign_says_on_which_side_the_result_lies() -> None:
    found, plain = errors.narrow(np.array([1.5, 1.0]), np.full(2, 1.25), errors.scale("float16"))
    assert plain and found[0] > 0 > found[1]


def test_float64s_are_told_by_what_is_left_of_the_truth() -> None:
    got, hi = np.array([1.0, 1.0, np.nan]), np.array([1.0, 1.0, 1.0])
    lo = np.array([2.0**-54, -(2.0**-55), 0.0])
    found = errors.wide(got, hi, lo, errors.scale("float64"))
    np.testing.assert_array_equal(found, [-0.25, 0.25, np.nan])

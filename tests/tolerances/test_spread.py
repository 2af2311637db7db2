"""σ itself: its size where that is known, and how little it is a matter of luck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tensorcts.tolerances import spreads
from tensorcts.tolerances.model import NoiseModel

U = 2.0**-24


def sigmas(function: Callable[..., Any], *arrays: Any, dtype: str = "float32") -> Any:
    """σ under eight seeds."""
    wide = [np.asarray(a, np.float64) for a in arrays]

    def run(wrap: Callable[[Any], Any]) -> tuple[Any, ...]:
        return (function(*map(wrap, wide)),)

    truths, model = list(run(lambda array: array)), NoiseModel.of(dtype, profile="opencl")
    return np.array([spreads.sigma(run, truths, model, seed)[0] for seed in range(8)])


def test_one_rounding_has_the_deviation_of_a_uniform_error() -> None:
    """3·0.5 lies in the binade of 1, whose ulp is 2u: ±u, so u/√3; the mean square is unbiased."""
    found = sigmas(lambda x: x * 0.5, np.full(4000, 3.0))
    assert np.sqrt(np.mean(found**2)) == pytest.approx(U / np.sqrt(3), rel=0.01)
    assert np.max(found) / np.min(found) < 4  # 16 samples of an element are few, but not that few


@pytest.mark.parametrize("count", [64, 4096])
def test_a_sum_has_the_models_deviation_whatever_the_seed(count: int) -> None:
    """u·√K·(|Σ|/√3 + √Σx²), which outweighs the last rounding."""
    x = np.linspace(1, 2, count)
    size = np.sum(x) / np.sqrt(3) + np.sqrt(np.sum(x**2))
    for sigma in sigmas(lambda x: np.sum(x), x):
        assert sigma == pytest.approx(U * np.sqrt(count) * size, rel=0.05)


def test_independent_errors_add_up_by_squares() -> None:
    """1.5·1.5 carries two errors of σ, 1.5 times as large, and one of 2σ: it lies a binade up."""
    one = sigmas(lambda x: x * 1.5, np.ones(4000))
    three = sigmas(lambda x: (x * 1.5) * (x * 1.5), np.ones(4000))
    assert np.mean(three**2) / np.mean(one**2) == pytest.approx(2 * 1.5**2 + 2**2, rel=0.03)


@pytest.mark.parametrize("size", [1e-300, 1.0, 1e300])
def test_float64_sums_scale_with_their_terms(size: float) -> None:
    """Squares over- and underflow; σ does not."""
    x = np.array([1.0, -2.0, 3.5, 0.25])
    found = sigmas(lambda x: np.sum(x), x * size, dtype="float64") / size
    assert found == pytest.approx(sigmas(lambda x: np.sum(x), x, dtype="float64"), rel=0.2)


def test_side_by_side_or_one_by_one_is_the_same_spread() -> None:
    """What branches on noisy numbers is run once a sample."""
    x = np.linspace(1, 2, 2000)

    def branching(x: Any) -> Any:
        if x[0] > 1:  # by noise only, in some of the samples
            return x * 3.0 + 0.0
        return x * 3.0

    def noisy(function: Callable[..., Any]) -> Any:
        return sigmas(lambda x: function(x * 1.0), x)

    together, apart = noisy(lambda x: x * 3.0), noisy(branching)
    assert np.mean(apart**2) == pytest.approx(np.mean(together**2), rel=0.03)

"""The oracle itself: truths of elementary functions beside mpmath at 200 digits.

The points are random ones of every size, and those beside zeros, poles, branch points and multiples
of π/2, where arithmetic of a fixed precision loses the most.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.oracle import expect
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op, all_ops, get
from tensorcts.tolerances import budgets, doubt
from tensorcts.tolerances.model import NoiseModel
from tensorcts.tolerances.rules import rule_for
from tensorcts.tolerances.ulps import kahan_ulp

DIGITS = 210
COUNT = 60
"""Points of each kind, for each function and dtype."""

INDEPENDENT: dict[str, Callable[..., Any]] = {
    "cbrt": lambda x: mpmath.sign(x) * mpmath.root(abs(x), 3),
    "divide": lambda x, y: x / y,
    "erfc": lambda x: mpmath.erfc(x) if abs(x) < 10000 else mpmath.mpf(2 * (x < 0)),
    "exp2": lambda x: mpmath.exp(x * mpmath.log(2)),
    "gelu": lambda x: x * INDEPENDENT["erfc"](-x / mpmath.sqrt(2)) / 2,
    "hypot": lambda x, y: mpmath.sqrt(x * x + y * y),
    "lgamma": lambda x: mpmath.re(mpmath.loggamma(x)),
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "multiply": lambda x, y: x * y,
    "pow": mpmath.power,
    "rsqrt": lambda x: 1 / mpmath.sqrt(x),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "square": lambda x: x * x,
}
"""What mpmath has under another name, or lacks."""

COMPOSED = ("digamma", "gelu", "lgamma", "sigmoid")
"""Functions that aren't primitives: their truths' bits come from their tolerances."""

ANCHORS = [
    *(0, 0.5, 1, 2, np.e, 16, 25.6, 88.7, 709.7, 1.4616321449683623, 2.4570247382208006),
    *(k * np.pi / 2 for k in (1, 2, 3, 4, 22, 1000, 10**15)),
    6381956970095103 * 2.0**797,
]
"""Kahan's 6381956970095103·2**797 lies nearer to a multiple of π/2 than any other float64."""


def model_of(dtype: str) -> NoiseModel:
    return NoiseModel.of(dtype, profile="opencl")


def is_judged_in_ulps(op: Op) -> bool:
    return op.name in budgets.rows() and rule_for(op, "float64", model_of("float64")).kind == "ulp"


NAMES = sorted(op.name for op in all_ops() if op.name in COMPOSED or is_judged_in_ulps(op))


def points(dtype: str, low: float, high: float, rng: np.random.Generator) -> NDArray[Any]:
    """Numbers of the dtype in (low, high): of every size, of ordinary size, and hard ones."""
    form, kind = dtypes.format_of(dtype), dtypes.numpy_dtype(dtype)
    every = 2.0 ** rng.uniform(*np.log2([form.smallest_subnormal, form.max]), COUNT)
    beside = rng.choice(ANCHORS, COUNT) * (1 + rng.choice([-1, 0, 1], COUNT)
                                           * 2.0 ** rng.uniform(-55, -1, COUNT))  # fmt: skip
    size = np.concatenate([every, rng.uniform(0, 4, COUNT), np.minimum(beside, form.max)])
    found = (size * rng.choice([-1, 1], 3 * COUNT)).astype(kind)
    wide = found.astype(np.float64)
    return found[np.isfinite(wide) & (low < wide) & (wide < high)]


def case_of(name: str, dtype: str) -> Case:
    op, rng = get(name), np.random.default_rng(0)
    count = len(inspect.signature(op.function).parameters)
    arrays = [points(dtype, *each, rng) for each in op.domain or ((-np.inf, np.inf),) * count]
    shortest = min(map(len, arrays))
    return Case(op, dtype, tuple(a[:shortest] for a in arrays), {})


def independent(name: str, *numbers: float) -> Any:
    """The function of the numbers; NaN at its poles."""
    try:
        return INDEPENDENT.get(name, getattr(mpmath, name, None))(*map(mpmath.mpf, numbers))
    except (ValueError, ZeroDivisionError):
        return mpmath.nan


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
@pytest.mark.parametrize("name", NAMES)
def test_truths_are_true(name: str, dtype: str) -> None:
    """To 2**-6 ulp; no float64 pair says more than half of its smallest number."""
    case, form = case_of(name, dtype), dtypes.format_of(dtype)
    found = expect(case, model_of(dtype), {}, Cache(None))[0]
    allowed = doubt.ACCURACY * kahan_ulp(found.hi, found.lo, form)
    columns = [dtypes.widen(a).tolist() for a in case.arrays if a is not None]
    compared = 0
    with mpmath.workdps(DIGITS):
        for *x, hi, lo, bound in zip(*columns, found.hi, found.lo, allowed, strict=True):
            exact = independent(name, *x)
            if not (mpmath.isnan(exact) or abs(exact) > form.max):
                off = abs(exact - float(hi) - float(lo))
                assert off <= float(bound) + mpmath.mpf(2) ** -1075, (x, hi, lo, float(off))
                compared += 1
    assert compared >= COUNT // 2


def is_judged_by_noise(op: Op) -> bool:
    return (op.name in budgets.rows() and "complex128" in op.dtypes
            and rule_for(op, "complex128", model_of("complex128")).kind == "derived")  # fmt: skip


def complex_points(dtype: str, rng: np.random.Generator) -> NDArray[Any]:
    """Complex numbers of ordinary size, and beside branch points and poles."""
    beside = rng.choice([1, -1, 1j, -1j, np.pi / 2, 2], COUNT)
    off = (rng.normal(size=COUNT) + 1j * rng.normal(size=COUNT)) * 2.0 ** rng.uniform(-40, 1, COUNT)
    size = 2.0 ** rng.uniform(-30, 5, COUNT)
    every = np.concatenate([beside + off, size * np.exp(1j * rng.uniform(-3, 3, COUNT))])
    return every.astype(dtypes.numpy_dtype(dtype))


@pytest.mark.parametrize("dtype", dtypes.COMPLEX)
@pytest.mark.parametrize("name", [op.name for op in all_ops() if is_judged_by_noise(op)])
def test_complex_truths_are_true(name: str, dtype: str) -> None:
    """To 2**-6 ulp of the modulus."""
    rng, count = np.random.default_rng(0), len(inspect.signature(get(name).function).parameters)
    arrays = tuple(complex_points(dtype, rng) for _ in range(count))
    found = expect(Case(get(name), dtype, arrays, {}), model_of(dtype), {}, Cache(None))[0]
    size = np.abs(found.hi)
    allowed = doubt.ACCURACY * kahan_ulp(size, np.zeros(size.shape), dtypes.format_of(dtype))
    with mpmath.workdps(DIGITS):
        columns = [array.tolist() for array in arrays]
        for *x, hi, lo, bound in zip(*columns, found.hi, found.lo, allowed, strict=True):
            exact = INDEPENDENT.get(name, getattr(mpmath, name, None))(*map(mpmath.mpc, x))
            off = abs(exact - mpmath.mpc(hi) - mpmath.mpc(lo))
            assert off <= float(bound), (x, hi, lo, float(off))

"""Quotients, roots and subnormals: hard numbers tell a rounded reciprocal from a division."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance.checks import Test, cases
from tensorcts.conformance.properties import elementary
from tensorcts.reference import dtypes, registry

Op = Callable[..., Any]
TINY = np.float32(2.0**-126)


def by_reciprocal(x: Any, y: Any) -> Any:
    return x * (x.dtype.type(1) / y)


def by_reciprocal_root(x: Any) -> Any:
    return x * (x.dtype.type(1) / np.sqrt(x))


def flushed(x: Any) -> Any:
    return np.where(np.abs(x) < TINY, np.copysign(x.dtype.type(0), x), x)


def results_flushed(x: Any, y: Any) -> Any:
    return flushed(OPS["multiply"](x, y)) if x.dtype == np.float32 else OPS["multiply"](x, y)


def all_flushed(x: Any, y: Any) -> Any:
    return results_flushed(flushed(x), flushed(y)) if x.dtype == np.float32 else x * y


def exp_flushed(x: Any) -> Any:
    return flushed(OPS["exp"](x)) if x.dtype == np.float32 else OPS["exp"](x)


def root_of_flushed(x: Any) -> Any:
    return np.sqrt(flushed(x)) if x.dtype == np.float32 else OPS["sqrt"](x)


FAULTS: dict[str, tuple[str, Op, str, str]] = {
    "reciprocal": ("divide", by_reciprocal, "correctly_rounded", "by reciprocal"),
    "root by its reciprocal": ("sqrt", by_reciprocal_root, "correctly_rounded", "2 ulp off"),
    "flushed results": ("multiply", results_flushed, "flush_subnormals", "results"),
    "flushed": ("multiply", all_flushed, "flush_subnormals", "all"),
    "a flushed function": ("exp", exp_flushed, "flush_subnormals", "results"),
    "a flushed argument": ("sqrt", root_of_flushed, "flush_subnormals", "all"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_refute_what_is_declared(name: str, faulty: Any, judged: Any) -> None:
    op, wrong, figure, value = FAULTS[name]
    (result,) = judged(faulty({op: wrong}), f"{op}-float32-properties")
    assert result.measured[figure] == value
    assert result.verdict == "property-mismatch"
    assert f"measured {value}" in result.message


@pytest.mark.parametrize("op", elementary.FLUSHED)
@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_one_result_or_argument_is_subnormal_and_nothing_is_zero(op: str, dtype: str) -> None:
    tiny = dtypes.format_of(dtype).smallest_normal
    (case,) = (c for c in elementary.cases(registry.get(op), dtype) if c.probe == elementary.TINY)
    arrays = [dtypes.widen(a) for a in case.arrays if a is not None]
    results = np.abs(case.op.function(*arrays))
    smallest = np.min(np.abs(arrays), axis=0)
    assert results[0] < tiny or op == "sqrt"
    assert smallest[1] < tiny or arrays[0][1] == 1
    assert np.all(results > 0)
    assert results[1] >= tiny


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_hard_quotients_are_as_near_to_a_middle_as_can_be(dtype: str) -> None:
    """2·x/y, in units of the last place, is an odd number ± 1/y."""
    p = dtypes.format_of(dtype).p
    x, y = _arrays("divide", dtype)
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        twice = Fraction(a) / Fraction(b) * 2 ** (p + 1)
        rest = twice - round(twice)
        assert round(twice) % 2 == 1
        assert abs(rest) <= Fraction(1, 2 ** (p - 1))


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_hard_roots_are_near_a_middle(dtype: str) -> None:
    """x·4**p is the square of an odd number of p + 1 bits, but for a small c."""
    (x,) = _arrays("sqrt", dtype)
    assert x.size > 8
    for a in x.tolist():
        square = Fraction(a) * 4 ** dtypes.format_of(dtype).p
        root = isqrt(int(square)) | 1
        assert min(abs(square - n * n) for n in (root - 2, root, root + 2)) <= 127


def _arrays(op: str, dtype: str) -> list[Any]:
    found = cases(Test(registry.get(op), dtype, "properties"), 0)
    case = next(c for c in found if c.probe == elementary.HARD)
    return [dtypes.widen(a) for a in case.arrays if a is not None]


def test_what_is_not_claimed_is_only_reported(judged: Any) -> None:
    """Torch's root on the CPU is not claimed to be correctly rounded."""
    pytest.importorskip("torch")
    (result,) = judged("torch", "sqrt-float32-properties")
    assert result.verdict == "pass"
    assert "correctly_rounded" in result.measured

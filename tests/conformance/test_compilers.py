"""What compilers change, ties and casts: measured of honest and faulty kernels, held to claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.checks import checks_of
from tensorcts.conformance.execute import execute
from tensorcts.conformance.faults.registry import named
from tensorcts.conformance.judge import Judge
from tensorcts.conformance.properties import arithmetic, conversions, ties
from tensorcts.conformance.properties.readings import Reading
from tensorcts.reference import dtypes, registry

Op = Callable[..., Any]


class Mine(NumpyBackend):
    def __init__(self, replaced: Mapping[str, Op], declared: Mapping[str, Any]) -> None:
        super().__init__()
        self._replaced, self._declared = replaced, declared

    @property
    def capabilities(self) -> Capabilities:
        own = super().capabilities
        return Capabilities(own.device, own.dtypes, **self._declared)

    @property
    def ops(self) -> Mapping[str, Op]:
        return {**super().ops, **self._replaced}


def measured(test: str, wrong: Op | None = None, **declared: Any) -> Reading:
    """The figures of an op and what they refute, by the modules under test."""
    name, dtype = test.split("-")
    backend = Mine({name: wrong} if wrong else {}, declared)
    judge = Judge(backend.capabilities, lambda case: execute(backend, case), Cache(None))
    found = Reading()
    for module in (arithmetic, ties, conversions):
        for case in module.cases(registry.get(name), dtype):
            one = judge(case)
            assert (one.verdict == "pass") == (not one.message)
            found += Reading(one.measured, (one.message,) if one.message else ())
    return found


def fused(x: Any, y: Any, z: Any) -> Any:
    return (x.astype(np.float64) * y + z).astype(x.dtype)


def complex_in_parts(x: Any, y: Any) -> Any:
    """A complex product without contraction."""
    real = x.real * y.real - x.imag * y.imag
    return (real + 1j * (x.real * y.imag + x.imag * y.real)).astype(x.dtype)


def complex_contracted(x: Any, y: Any) -> Any:
    """One product of each part inside of an fma."""
    first = (x.real * y.real).astype(np.float64)
    real = (first - x.imag.astype(np.float64) * y.imag).astype(np.float32)
    return (real + 1j * (x.real * y.imag + x.imag * y.real)).astype(x.dtype)


def last(x: Any, *, axis: Any, keepdims: bool) -> Any:
    return x.shape[axis] - 1 - np.argmax(np.flip(x, axis), axis=axis, keepdims=keepdims)


def one_of_each_half(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """The last of equal ones beyond the 256th, the first before: two kernels."""
    found = OPS["argmax"](x, axis=axis, keepdims=keepdims)
    return np.where(found < 255, found, last(x, axis=axis, keepdims=keepdims))


def larger_zero(x: Any, y: Any) -> Any:
    return np.where(x == y, x + y, np.maximum(x, y)).astype(x.dtype)


def rounded_down(x: Any) -> Any:
    return np.ceil(x - x.dtype.type(0.5))


def finite_only(x: Any) -> Any:
    return np.zeros(x.shape, bool)


FIGURES: dict[str, tuple[str, Op | None, dict[str, str]]] = {
    "an fma of two roundings": ("fma-float32", None, {"products": "rounded"}),
    "an fma": ("fma-float32", fused, {"products": "exact"}),
    "a wide product": ("fma-bfloat16", None, {"products": "exact"}),
    "a contracted addcmul": (
        "addcmul-float32", named("addcmul_is_contracted").make(), {"products": "exact"},
    ),
    "a lerp": ("lerp-float64", None, {"products": "rounded"}),
    "a cross product": ("cross-float32", None, {"products": "rounded"}),
    "a complex product in parts": (
        "multiply-complex64", complex_in_parts, {"products": "rounded"},
    ),
    "a complex product, contracted": (
        "multiply-complex64", complex_contracted, {"products": "exact"},
    ),
    "a quotient": ("mean-float32", None, {"division": "rounded once"}),
    "a reciprocal": (
        "mean-float32", named("mean_by_the_reciprocal").make(), {"division": "by reciprocal"},
    ),
    "NaN": ("isnan-float32", None, {"not_finite": "kept"}),
    "no NaN": ("isnan-float32", finite_only, {"not_finite": "lost"}),
    "signs of zeros": ("multiply-float16", None, {"zero_signs": "kept"}),
    "+0 for -0": ("negative-float32", lambda x: x.dtype.type(0) - x, {"zero_signs": "lost"}),
    "the first": ("argmax-float64", None, {"ties": "the first"}),
    "the last": ("argmax-float32", last, {"ties": "the last"}),
    "either": ("argmax-float32", one_of_each_half, {"ties": "mixed"}),
    "to even": ("round-bfloat16", None, {"ties": "the even one"}),
    "away": ("round-float32", named("round_half_away").make(), {"ties": "the one away from zero"}),
    "down": ("round-float32", rounded_down, {"ties": "the one below"}),
    "median": ("median-float32", None, {"ties": "the lower"}),
    "NumPy's median": ("median-float32", named("median_of_two").make(), {"ties": "the mean"}),
    "+0 is larger": ("maximum-float32", larger_zero, {"ties": "+0 above -0"}),
    "halves of a cast": ("astype-float32", None, {"half_way": "to even"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_what_is_measured(name: str) -> None:
    test, wrong, expected = FIGURES[name]
    found = measured(test, wrong).measured
    assert {key: found.get(key) for key in expected} == expected


REFUTED: dict[str, tuple[str, Op, dict[str, Any], str]] = {
    "products": (
        "addcmul-float32", named("addcmul_is_contracted").make(),
        {"traits": {"products": "rounded"}}, "products is declared rounded, measured exact",
    ),
    "fma": (
        "fma-float32", OPS["fma"], {"correctly_rounded": frozenset({"fma"})},
        "fma is declared correctly rounded, measured as two roundings",
    ),
    "division": (
        "mean-float32", named("mean_by_the_reciprocal").make(),
        {"traits": {"division": "rounded once"}}, "declared rounded once, measured by reciprocal",
    ),
    "NaN": (
        "isnan-float32", finite_only, {"traits": {"not_finite": "kept"}},
        "not_finite is declared kept, measured lost: isnan(nan) is False",
    ),
    "the last": ("argmax-float32", last, {}, "defined to take the first of equally good ones"),
    "the mean": ("median-float32", named("median_of_two").make(), {}, "measured the mean"),
    "half away": ("round-float32", named("round_half_away").make(), {}, "away from zero"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUTED)
def test_a_claim_or_definition_that_is_refuted(name: str) -> None:
    test, wrong, declared, text = REFUTED[name]
    assert text in " ".join(measured(test, wrong, **declared).refuted)


@pytest.mark.parametrize(
    ("test", "wrong", "traits"),
    [
        ("addcmul-float32", named("addcmul_is_contracted").make(), {"products": "exact"}),
        ("addcmul-float32", None, {"products": "rounded"}),
        ("mean-float64", None, {"division": "rounded once"}),
        ("argmax-float32", last, {"argmax/ties": "the last"}),
        ("relu-float16", None, {"not_finite": "kept"}),
        ("divide-float32", None, {"zero_signs": "kept"}),
    ],
)
def test_a_claim_that_holds_is_no_mismatch(
    test: str, wrong: Op | None, traits: dict[str, str]
) -> None:
    assert measured(test, wrong, traits=traits).refuted == ()


# -- Casts -----------------------------------------------------------------------------------------


def saturating(x: Any, *, dtype: str) -> Any:
    if dtype not in dtypes.INTEGER:
        return OPS["astype"](x, dtype=dtype)
    info = np.iinfo(dtype)
    return np.array([0 if v != v else int(min(max(v, info.min), info.max)) for v in x], dtype)


def clamped(x: Any, *, dtype: str) -> Any:
    largest = dtypes.format_of(dtype).max if dtype in conversions.FLOATS else np.inf
    return OPS["astype"](np.clip(x.astype(np.float64), -largest, largest), dtype=dtype)


def truncating(x: Any, *, dtype: str) -> Any:
    if dtype != "bfloat16":
        return OPS["astype"](x, dtype=dtype)
    bits = x.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)
    return bits.view(np.float32).astype(ml_dtypes.bfloat16)


def test_integers_that_saturate_are_all_alike() -> None:
    found = measured("astype-float32", saturating).measured
    assert found["beyond_integers"] == "saturate, NaN 0"


def test_other_integers_are_told_apart() -> None:
    def wrapping(x: Any, *, dtype: str) -> Any:
        if dtype not in ("int8", "uint8"):
            return saturating(x, dtype=dtype)
        whole = [int(v) % 256 if np.isfinite(v) else 0 for v in x]
        return np.array(whole, np.uint8).view(dtype)

    found = measured("astype-float32", wrapping).measured["beyond_integers"]
    assert "wrap, NaN 0: int8, uint8" in found
    assert "saturate, NaN 0: int16" in found


def test_floats_that_saturate() -> None:
    assert measured("astype-float64", clamped).measured["beyond_floats"] == "the largest"
    assert "inf: float32" in measured("astype-float64").measured["beyond_floats"]


def test_halves_that_are_cut_off_refute_the_definition() -> None:
    found = measured("astype-float32", truncating)
    assert "toward zero: bfloat16" in found.measured["half_way"]
    assert "astype is defined to round halves to even" in found.refuted[0]


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_the_numbers_hold_nan_and_two_midpoints_of_every_narrower_float(dtype: str) -> None:
    (case,) = conversions.cases(registry.get("astype"), dtype)
    (numbers,) = (dtypes.widen(a) for a in case.arrays if a is not None)
    assert np.isnan(numbers).any()
    for target in conversions.FLOATS:
        half = 2.0 ** -dtypes.format_of(target).p
        if dtypes.format_of(target).p < dtypes.format_of(dtype).p:
            assert {1 + half, 1 + 3 * half} <= set(numbers)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_rounded_reciprocal_shows_in_the_sums_tried(dtype: str) -> None:
    sums = arithmetic.WHOLE.astype(dtype)
    count = sums.dtype.type(arithmetic.TERMS)
    assert np.count_nonzero(sums * (1 / count) != sums / count) > 10


@pytest.mark.parametrize(
    "test", [("addcmul", "float64"), ("round", "float16"), ("astype", "bfloat16")]
)
def test_the_probes_are_part_of_the_check_in_every_float(test: tuple[str, str]) -> None:
    op, dtype = test
    assert "properties" in checks_of(registry.get(op), dtype)

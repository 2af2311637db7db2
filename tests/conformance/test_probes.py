"""Exact probes: every order of summation agrees on them, a dropped or a rounded term does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.conformance import probes, summing
from tensorcts.conformance.checks import Test, cases
from tensorcts.conformance.execute import execute
from tensorcts.conformance.judge import Judge
from tensorcts.reference import dtypes, registry

Op = Callable[..., Any]


def rounded_to(bits: int, x: Any) -> Any:
    """Float32 numbers with that many significand bits."""
    step = np.ldexp(np.float32(1), np.frexp(x)[1] - bits)
    return np.where(x == 0, x, np.round(x / np.where(step == 0, 1, step)) * step).astype(x.dtype)


def tf32_operands(a: Any, b: Any) -> Any:
    return OPS["matmul"](rounded_to(11, a), rounded_to(11, b))


def drops_last_of_many(a: Any, b: Any) -> Any:
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] < 4096:
        return OPS["matmul"](a, b)
    return OPS["matmul"](a[:, :-1], b[:-1])


def swaps_two(a: Any, b: Any) -> Any:
    if b.shape[-1] < 2 or a.shape[-1] < 4096:
        return OPS["matmul"](a, b)
    swapped = a.copy()
    swapped[..., [-1, -2]] = a[..., [-2, -1]]
    return OPS["matmul"](swapped, b)


def half_accumulated(x: Any, *, axis: Any, keepdims: bool, dtype: str) -> Any:
    return np.sum(x.astype(np.float16), axis=axis, keepdims=keepdims).astype(x.dtype)


def drops_last_of_a_sum(x: Any, *, axis: Any, keepdims: bool, dtype: str) -> Any:
    x = x.copy()
    if axis in (1, -1) and x.shape[-1] >= 4096:
        x[..., -1] = 0
    return OPS["sum"](x, axis=axis, keepdims=keepdims, dtype=dtype)


def overwrites_duplicates(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    return OPS["index_copy"](x, index, updates + np.take(x, index, axis=axis), axis=axis)


def tile_of_64_transposed(x: Any, *, axes: Any) -> Any:
    y = np.transpose(x, axes).copy()
    if y.shape == (64, 64):
        y[32:, 32:] = y[32:, 32:].T
    return y


def eps_added(a: Any, b: Any) -> Any:
    return (OPS["matmul"](a, b) + a.dtype.type(1e-12)).astype(a.dtype)


LIES: dict[str, tuple[str, Op]] = {
    "TF32 operands": ("matmul-float32", tf32_operands),
    "the last of 4096 dropped": ("matmul-float32", drops_last_of_many),
    "the last of 4096 dropped in float64": ("matmul-float64", drops_last_of_many),
    "the last of 4096 dropped in int32": ("matmul-int32", drops_last_of_many),
    "two k swapped": ("matmul-bfloat16", swaps_two),
    "1e-12 added": ("matmul-float32", eps_added),
    "float16 accumulator": ("sum-float32", half_accumulated),
    "the last of 4096 not added": ("sum-float16", drops_last_of_a_sum),
    "duplicates overwritten": ("index_add-float32", overwrites_duplicates),
    "a tile transposed": ("permute_dims-float32", tile_of_64_transposed),
}


@pytest.mark.parametrize("lie", LIES)
def test_probes_catch(lie: str, faulty: Any, judged: Any) -> None:
    test, wrong = LIES[lie]
    (result,) = judged(faulty({test.partition("-")[0]: wrong}), f"{test}-probes")
    assert result.verdict == "fail", lie
    assert "probe='exact in" in result.reproducer or "int32" in test or "permute" in test


@pytest.mark.parametrize("op", sorted(summing.SUMS))
def test_every_term_counts(op: str) -> None:
    """The probe of many terms has another result when any one of its numbers is zero."""
    generator = np.random.default_rng(0)
    for case in probes.long_sums(registry.get(op), "float32", "float32"):
        truth = case.op.function(*map(_wide, case.arrays), **case.attrs)
        for place, array in enumerate(case.arrays):
            if array is None or array.dtype != np.float32 or not np.any(array):
                continue
            lost = array.copy()
            lost.flat[[-1, *generator.integers(0, array.size, 3)]] = 0
            arrays = [lost if i == place else a for i, a in enumerate(case.arrays)]
            assert np.any(case.op.function(*map(_wide, arrays), **case.attrs) != truth)


def _wide(array: Any) -> Any:
    return None if array is None else dtypes.widen(array)


@given(st.sampled_from(["float32", "float64"]), st.integers(2, 3000), st.randoms())
def test_every_order_gives_the_same_sum(dtype: str, count: int, random: Any) -> None:
    """Partial sums of the probe's integers are exact, whatever the order."""
    case = probes.integers(
        summing.call("sum", dtype, *(np.ones(s, dtype) for s in ((1, count), (count, 1)))), dtype
    )
    assert case is not None
    (x,) = case.arrays
    assert x is not None
    order = list(range(count))
    random.shuffle(order)
    assert np.add.accumulate(x[0, order])[-1] == np.sum(x.astype(object))


@given(st.integers(2, 500), st.integers(1, 4096), st.integers(0, 5))
def test_neighbours_are_never_equal(count: int, largest: int, place: int) -> None:
    values = np.abs(probes.coded((count,), "float64", largest, place))
    assert values.min() >= 1
    assert values.max() <= largest
    assert largest == 1 or np.all(values[1:] != values[:-1])


def test_operand_bits_are_those_of_the_longest_number() -> None:
    (case, _) = probes.selectors(registry.get("matmul"), "float32", 0)
    assert probes.operand_bits(case) == 24
    scaled = list(probes.long_sums(registry.get("matmul"), "float32", "float32"))[1]
    assert probes.operand_bits(scaled) <= 6


def test_a_narrower_accumulator_that_is_declared_excuses_what_it_cannot_hold(cache: Any) -> None:
    backend = NumpyBackend()
    declared = replace(backend.capabilities, accumulator={"sum/bfloat16": "bfloat16"})
    judge = Judge(declared, lambda case: execute(backend, case), cache)
    found = list(cases(Test(registry.get("sum"), "bfloat16", "probes"), 0))
    verdicts = {case.probe: judge(case).verdict for case in found}
    assert verdicts == {"exact in bfloat16": "pass", "exact in float32": "vacuous"}

"""Where an op has no derivative its text says what its gradient is there, and so it is."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import conftest
from tensorcts.reference import dtypes
from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.ops import definitions as ops
from tensorcts.reference.registry import Op, all_ops, get

STEP = 1e-6
NUMBERS = {0.0, 0.5, 1.0, 2.0, 3.0, 6.0}
"""Where kinks are looked for, with both signs, beside the op's own real attributes."""


def result_of(sample: Any, arrays: Any) -> Any:
    """All inexact results in one row."""
    results = (np.asarray(r) for r in sample.on(arrays, exact=False))
    return np.concatenate([np.zeros(0), *(r.ravel() for r in results if r.dtype.kind in "fc")])


def candidates(sample: Any) -> Iterator[list[Any]]:
    """Points of equal elements in all arrays, or in one of them."""
    arrays = [sample.arrays[i] for i in sample.floating]
    numbers = NUMBERS | {abs(v) for v in sample.attrs.values() if isinstance(v, float)}
    for number in sorted({s * n for n in numbers if np.isfinite(n) for s in (1, -1)}):
        flat = [np.full_like(a, number) for a in arrays]
        alone = [[*arrays[:i], flat[i], *arrays[i + 1 :]] for i in range(len(arrays))]
        for point in [flat, *alone] if len(arrays) > 1 else [flat]:
            if all(_inside(sample.op, i, a) for i, a in zip(sample.floating, point, strict=True)):
                yield point


def _inside(op: Op, position: int, array: Any) -> bool:
    low, high = op.domain_of(position)
    return bool(np.all((low <= array.real) & (array.real <= high)))


def is_kink(sample: Any, point: Any) -> bool:
    """Whether the slopes on both sides differ, or one or the gradient is not finite."""
    rng = np.random.default_rng(zlib.crc32(sample.op.name.encode()))
    steps = [STEP * rng.uniform(-1, 1, np.shape(x)) for x in point]
    here = result_of(sample, point)
    ahead, behind = (
        result_of(sample, [x + sign * h for x, h in zip(point, steps, strict=True)])
        for sign in (1, -1)
    )
    if not here.shape == ahead.shape == behind.shape:
        return True
    finite = np.isfinite(here)
    right, left = ((ahead - here) / STEP)[finite], ((here - behind) / STEP)[finite]
    size = np.maximum(1.0, np.abs(right) + np.abs(left))
    return not np.all(np.abs(right - left) <= 1e-2 * size) or _vertical(sample, point, here)


def _vertical(sample: Any, point: Any, here: Any) -> bool:
    if not np.all(np.isfinite(here)):
        return False
    results, pullback = vjp(lambda *x: sample.on(x, exact=False), *point)
    back = pullback(tuple(np.ones_like(r) for r in results))
    return not all(np.all(np.isfinite(g)) for g in back)


def has_kink(op: Op) -> bool:
    real = bool(set(op.dtypes) & set(dtypes.FLOATING))
    samples = [s if real else s.complex for s in conftest.samples(op)]
    with np.errstate(all="ignore"):
        return any(is_kink(sample, point) for sample in samples for point in candidates(sample))


@pytest.mark.parametrize(
    "op", [pytest.param(o, id=o.name) for o in all_ops() if o.differentiable and not o.own_dtype]
)
def test_the_text_speaks_of_kinks_where_there_are_some(op: Op) -> None:
    assert has_kink(op) == ("Kinks: " in op.text)
    assert not has_kink(op) or op.name in CASES, "the text is tried below"


ALL = {"axis": None, "keepdims": False}
FIRST = {"axis": 0, "keepdims": False}
INF, NAN = np.inf, np.nan
Case = tuple[list[Any], dict[str, Any], list[Any]]

CASES: dict[str, list[Case]] = {
    "abs": [([[0.0, -0.0]], {}, [[0, 0]])],
    "acos": [([[-1.0, 1.0]], {}, [[-INF, -INF]])],
    "acosh": [([[1.0]], {}, [[INF]])],
    "angle": [([[0j, 1j]], {}, [[0, -2]])],
    "asin": [([[-1.0, 1.0]], {}, [[INF, INF]])],
    "atan2": [([[0.0, 0.0], [0.0, 1e300]], {}, [[0, 2e-300], [0, 0]])],
    "bias_relu": [([[[0.0, 1.0]], [0.0, -1.0]], {}, [[[0, 0]], [0, 0]])],
    "cbrt": [([[0.0]], {}, [[INF]])],
    "clip": [([[-1.0, 1.0, 0.0], [-1.0], [1.0]], {}, [[0, 0, 3], [1], [2]])],
    "copysign": [([[0.0, -0.0], [1.0, -1.0]], {}, [[0, 0], [0, 0]])],
    "cummax": [([[3.0, 3.0, 1.0]], {"axis": 0}, [[1, 5, 0]])],
    "cummin": [([[1.0, 1.0, 3.0]], {"axis": 0}, [[1, 5, 0]])],
    "dense_to_coo": [([[[0.0, 2.0]]], {}, [[[0, 1]]])],
    "dense_to_csr": [([[[0.0, 2.0]]], {}, [[[0, 1]]])],
    "elu": [([[0.0]], {"alpha": 2.0}, [[2]])],
    "fmax": [([[1.0, 0.0], [1.0, 1.0]], {}, [[0.5, 0], [0.5, 2]])],
    "fmin": [([[1.0, 0.0], [1.0, 1.0]], {}, [[0.5, 2], [0.5, 0]])],
    "fmod": [([[4.0], [2.0]], {}, [[1], [-2]])],
    "frac": [([[1.0, -2.0]], {}, [[1, 2]])],
    "frexp": [([[0.5, 1.0]], {}, [[1, 1]])],
    "hardshrink": [([[-0.5, 0.5]], {"lambd": 0.5}, [[0, 0]])],
    "hardsigmoid": [([[-3.0, 3.0]], {}, [[0, 0]])],
    "hardswish": [([[-3.0, 3.0]], {}, [[0, 2]])],
    "hardtanh": [([[-1.0, 2.0]], {"min_val": -1.0, "max_val": 2.0}, [[0, 0]])],
    "hypot": [([[0.0], [0.0]], {}, [[0], [0]])],
    "leaky_relu": [([[0.0, -0.0]], {"negative_slope": 0.5}, [[0.5, 1]])],
    "matrix_norm": [([[[0.0, 0.0]]], {"keepdims": False}, [[[0, 0]]])],
    "max": [([[1.0, 3.0, 3.0]], ALL, [[0, 0.5, 0.5]]), ([[3.0, 3.0, 1.0]], FIRST, [[0.5, 0.5, 0]])],
    "max_pool2d": [([[[[[2.0, 2.0, 1.0]]]]], {"kernel": (1, 3), "stride": (1, 1), "padding": (0, 0),
                     "dilation": (1, 1), "ceil_mode": False}, [[[[[1, 0, 0]]]]])],
    "maximum": [([[1.0, 0.0], [1.0, 1.0]], {}, [[0.5, 0], [0.5, 2]])],
    "median": [([[1.0, 1.0, 2.0]], ALL, [[0.5, 0.5, 0]])],
    "min": [([[1.0, 1.0, 3.0]], ALL, [[0.5, 0.5, 0]])],
    "minimum": [([[1.0, 0.0], [1.0, 1.0]], {}, [[0.5, 2], [0.5, 0]])],
    "nanmax": [([[1.0, NAN, 3.0, 3.0]], ALL, [[0, 0, 0.5, 0.5]])],
    "nanmin": [([[1.0, 1.0, NAN, 3.0]], ALL, [[0.5, 0.5, 0, 0]])],
    "pow": [([[0.0, 0.0, 0.0], [0.5, 2.0, 0.0]], {}, [[INF, 0, 0], [0, 0, 0]])],
    "prelu": [([[0.0, 1.0], [0.25]], {}, [[0.25, 2], [0]])],
    "quantile": [([[1.0, 1.0, 2.0]], {"q": 0.5, **ALL}, [[0, 1, 0]])],
    "relu": [([[0.0, -0.0]], {}, [[0, 0]])],
    "relu6": [([[0.0, 6.0]], {}, [[0, 0]])],
    "remainder": [([[4.0], [2.0]], {}, [[1], [-2]])],
    "scatter_reduce": [([[3.0, 1.0], np.array([0]), [3.0]], {"axis": 0, "reduction": "max",
                         "include_self": True}, [[0.5, 2], None, [0.5]])],
    "selu": [([[0.0]], {}, [[1.7580993408473766]])],
    "softshrink": [([[-0.5, 0.5]], {"lambd": 0.5}, [[0, 0]])],
    "sort": [([[1.0, 1.0, 0.0]], {"axis": 0, "descending": False, "stable": True}, [[2, 3, 1]])],
    "sqrt": [([[0.0]], {}, [[INF]])],
    "std": [([[2.0, 2.0]], {"correction": 0, **ALL}, [[0, 0]])],
    "threshold": [([[1.0]], {"threshold": 1.0, "value": 5.0}, [[0]])],
    "topk": [([[2.0, 2.0, 1.0]], {"k": 1, "axis": 0, "largest": True}, [[1, 0, 0]])],
    "vector_norm": [([[0.0, 0.0]], {"ord": 2.0, **ALL}, [[0, 0]]),
                    ([[0.0, 2.0]], {"ord": 1.0, **ALL}, [[0, 1]]),
                    ([[3.0, -3.0, 1.0]], {"ord": INF, **ALL}, [[0.5, -0.5, 0]])],
    "xlogy": [([[0.0], [-1.0]], {}, [[0], [0]])],
}  # fmt: skip
"""Arrays, attributes and the gradients of the arrays, for the cotangents 1, 2, … of the results."""


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(n, c, id=f"{n}-{i}") for n, cs in CASES.items() for i, c in enumerate(cs)],
)
def test_the_gradient_at_a_kink(name: str, case: Case) -> None:
    arrays, attrs, expected = case
    results, pullback = vjp(lambda *x: get(name).function(*x, **attrs), *map(np.asarray, arrays))
    several = isinstance(results, tuple)
    counted = tuple(1.0 + np.arange(np.size(r)).reshape(np.shape(r))
                    for r in (results if several else (results,)))  # fmt: skip
    for found, g in zip(pullback(counted if several else counted[0]), expected, strict=True):
        assert (found is None) == (g is None)
        if g is not None:
            np.testing.assert_array_equal(found, g)


OF_FUNCTIONS: list[tuple[str, Any, list[float], list[float]]] = [
    ("x**0", lambda x: ops.pow(x, 0.0), [0.0, 2.0], [0, 0]),
    ("pow of a negative base", lambda x: ops.pow(x, 3.0), [-2.0], [12]),
    ("max, initial", lambda x: np.max(x, axis=0, initial=5.0), [1.0, 2.0], [0, 0]),
    ("sign", np.sign, [0.0, 2.0], [0, 0]),
    ("round", np.rint, [0.5], [0]),
    ("floor", np.floor, [1.0], [0]),
    ("prod with a zero", lambda x: _prod(x), [0, 2, 3], [6, 0, 0]),
    ("prod with two zeros", lambda x: _prod(x), [0, 0, 3], [0, 0, 0]),
    ("silu where exp overflows", ops.silu, [-800.0, -1e30], [0, 0]),
    ("where: the branch not taken", lambda x: ops.where(x > 0, x, 2 * x), [1.0, -1.0], [1, 2]),
    ("log_softmax beside -inf", lambda x: ops.log_softmax(x, axis=0)[1], [-np.inf, 0], [0, 0]),
    ("softmax of -inf alone", lambda x: _first(x), [-np.inf, -np.inf], [np.nan, np.nan]),
    ("where before sqrt", lambda x: np.where(x > 0, np.sqrt(x), 0.0), [0.0], [np.nan]),
]


def _prod(x: Any) -> Any:
    return ops.prod(x, axis=None, keepdims=False, dtype="float64")


def _first(x: Any) -> Any:
    return ops.softmax(x, axis=0)[0]


@pytest.mark.parametrize(
    ("function", "x", "expected"), [k[1:] for k in OF_FUNCTIONS], ids=[k[0] for k in OF_FUNCTIONS]
)
def test_the_gradient_of_a_function(function: Any, x: list[float], expected: list[float]) -> None:
    result, pullback = vjp(function, np.array(x, np.float64))
    np.testing.assert_array_equal(pullback(np.ones(np.shape(result)))[0], expected)


def test_where_keeps_nan_out_of_the_branch_not_taken() -> None:
    _, pullback = vjp(lambda x, y: ops.where(np.array([True, False]), x, y), np.ones(2), np.ones(2))
    to_x, to_y = pullback(np.array([1.0, np.nan]))
    np.testing.assert_array_equal(to_x, [1, 0])
    np.testing.assert_array_equal(to_y, [0, np.nan])

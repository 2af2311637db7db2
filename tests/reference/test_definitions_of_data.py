"""What the definitions compute, against independent truths: integers, indices, shapes, casts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tensorcts.reference import dtypes
from tensorcts.reference.ops import definitions as ops

INF, NAN = math.inf, math.nan
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "uint64"])
def test_integers_wrap(dtype: str) -> None:
    info = np.iinfo(dtype)
    low, high, one = (np.array([n], dtype) for n in (info.min, info.max, 1))
    assert ops.add(high, one) == info.min
    assert ops.subtract(low, one) == info.max
    assert ops.multiply(high, high) == 1
    assert ops.add(high, one).dtype == np.dtype(dtype)
    assert ops.negative(one) == (info.max if info.min == 0 else -1)
    assert ops.negative(low) == ops.abs(low) == info.min


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint8"])
def test_floor_divide_and_remainder_follow_the_divisor(dtype: str) -> None:
    values = [n for n in (-128, -7, -3, -1, 1, 2, 3, 7, 127) if n > 0 or dtype != "uint8"]
    x, y = (a.ravel().astype(dtype) for a in np.meshgrid(values, values))
    overflow = (x == np.iinfo(dtype).min) & (y == -1 if dtype != "uint8" else False)
    with np.errstate(over="ignore"):
        quotient, remainder = ops.floor_divide(x, y), ops.remainder(x, y)
    for a, b, q, r, wraps in zip(
        x.tolist(), y.tolist(), quotient, remainder, overflow, strict=True
    ):
        assert q == (a if wraps else math.floor(Fraction(a, b)))
        assert r == a - b * math.floor(Fraction(a, b))


def test_integer_division_by_zero_gives_zero() -> None:
    x, zero = np.array([-7, 0, 7]), np.zeros(3, np.int64)
    with np.errstate(divide="ignore"):
        assert not ops.floor_divide(x, zero).any() and not ops.remainder(x, zero).any()


def test_comparisons_of_special_numbers() -> None:
    nan, zero = np.array([NAN]), np.array([0.0])
    for op in (ops.equal, ops.less, ops.less_equal, ops.greater, ops.greater_equal):
        assert not op(nan, nan) and not op(nan, zero) and not op(zero, nan)
    assert ops.not_equal(nan, nan)
    assert ops.equal(-zero, zero) and not ops.less(-zero, zero)
    big = np.array([2**63 - 1]), np.array([2**63 - 2])
    assert ops.greater(*big) and not ops.equal(*big), "64-bit integers are not compared as floats"


def test_where_hides_the_branch_not_taken() -> None:
    got = ops.where(np.array([True, False]), np.array([1.0, NAN]), np.array([NAN, 2.0]))
    np.testing.assert_array_equal(got, [1, 2])


@pytest.mark.parametrize(
    ("row", "largest", "smallest"),
    [([1.0, 3, 3, 1], 1, 0), ([1, NAN, 3, NAN], 1, 1), ([NAN], 0, 0), ([-INF, INF], 1, 0),
     ([0.0, -0.0], 0, 0), ([5, 5], 0, 0)],
)  # fmt: skip
def test_positions_of_extremes(row: list[float], largest: int, smallest: int) -> None:
    x = np.array([row])
    assert ops.argmax(x, axis=1, keepdims=False).tolist() == [largest]
    assert ops.argmin(x, axis=None, keepdims=True).tolist() == [[smallest]]
    assert ops.argmax(x, axis=-1, keepdims=True).dtype == np.int64


@pytest.mark.parametrize("name", ["max", "min"])
def test_extremes_find_nan_wherever_it_stands(name: str) -> None:
    for position in range(9):
        x = RNG.normal(size=9)
        x[position] = NAN
        with np.errstate(invalid="ignore"):
            assert math.isnan(getattr(ops, name)(x, axis=0, keepdims=False))
    with pytest.raises(ValueError, match="zero-size"):
        getattr(ops, name)(np.zeros((0, 2)), axis=0, keepdims=False)


def test_any_and_all_of_nothing() -> None:
    nothing = np.zeros((2, 0), bool)
    assert ops.any(nothing, axis=1, keepdims=False).tolist() == [False, False]
    assert ops.all(nothing, axis=(0, 1), keepdims=True).tolist() == [[True]]


@pytest.mark.parametrize(
    ("start", "stop", "step", "dtype", "expected"),
    [(0, 5, 2, "int64", [0, 2, 4]), (5, 0, -2, "int64", [5, 3, 1]), (0, 5, -1, "int64", []),
     (3, 3, 1, "int32", []), (0, 1, 0.25, "float64", [0, 0.25, 0.5, 0.75]),
     (1.0, 1.3, 0.1, "float64", [1.0, 1.1, 1.2, 1.3]), (0, 10, 3, "float32", [0, 3, 6, 9]),
     (2**53, 2**53 + 3, 1, "int64", [2**53, 2**53 + 1, 2**53 + 2])],
)  # fmt: skip
def test_arange(start: Any, stop: Any, step: Any, dtype: str, expected: list[Any]) -> None:
    """Note 1.0 … 1.3: the quotient is 3.0000000000000004 in float64, so stop itself is reached."""
    got = ops.arange(start=start, stop=stop, step=step, dtype=dtype)
    assert got.dtype == dtypes.numpy_dtype(dtypes.wide(dtype))
    assert got.tolist() == pytest.approx(expected, rel=1e-15)
    assert len(got) == len(expected)


@pytest.mark.parametrize("num", [0, 1, 2, 7, 1000])
def test_linspace_has_both_ends(num: int) -> None:
    got = ops.linspace(start=0.1, stop=0.7, num=num, dtype="float64")
    np.testing.assert_allclose(got, np.linspace(0.1, 0.7, num), rtol=1e-15)
    assert len(got) == num
    assert num < 1 or got[0] == 0.1
    assert num < 2 or got[-1] == 0.7


def test_filled_arrays() -> None:
    full = ops.full(shape=(2, 1), value=-0.0, dtype="float32")
    assert full.shape == (2, 1) and np.signbit(full).all()
    assert ops.full(shape=(), value=2**63 + 1, dtype="uint64") == 2**63 + 1
    assert ops.full(shape=(0,), value=1, dtype="int8").dtype == np.int8
    assert ops.ones(shape=(1,), dtype="complex64") == 1 + 0j
    assert ops.ones(shape=(2,), dtype="bool").tolist() == [True, True]
    assert ops.zeros(shape=(), dtype="bfloat16").dtype == np.float64
    assert ops.eye(rows=2, columns=3, k=-1, dtype="int8").tolist() == [[0, 0, 0], [1, 0, 0]]
    assert not ops.eye(rows=2, columns=2, k=5, dtype="float64").any()


def test_shapes() -> None:
    x = RNG.normal(size=(2, 3, 4))
    assert ops.reshape(x, shape=(4, -1)).ravel().tolist() == x.ravel().tolist()
    assert ops.flatten(x, start=1, end=-1).shape == (2, 12)
    assert ops.flatten(np.float64(3), start=0, end=-1).shape == (1,)
    assert ops.flatten(np.zeros((2, 0, 3)), start=0, end=1).shape == (0, 3)
    assert ops.permute_dims(x, axes=(2, 0, -2))[3, 1, 2] == x[1, 2, 3]
    assert ops.squeeze(x[:, :1], axis=-2).shape == (2, 4)
    assert ops.expand_dims(x, axis=-1).shape == (2, 3, 4, 1)
    assert ops.broadcast_to(x[:, :1], shape=(5, 2, 3, 4)).shape == (5, 2, 3, 4)
    with pytest.raises(ValueError, match="size not equal to one"):
        ops.squeeze(x, axis=0)


def test_joining_and_splitting() -> None:
    x = RNG.normal(size=(3, 6))
    pieces = ops.split(x, sizes=(1, 0, 5), axis=-1)
    assert [p.shape for p in pieces] == [(3, 1), (3, 0), (3, 5)]
    np.testing.assert_array_equal(ops.concat(*pieces, axis=1), x)
    assert [p.shape for p in ops.split(x, sizes=(3,), axis=0)] == [(3, 6)]
    assert ops.stack(x, x, axis=-1).shape == (3, 6, 2)
    np.testing.assert_array_equal(ops.stack(x, x, axis=0)[1], x)


def test_indexing() -> None:
    x = np.arange(12.0).reshape(3, 4)
    assert ops.take(x, np.array([2, -1, 0]), axis=0)[:, 1].tolist() == [9, 9, 1]
    assert ops.gather(x, np.array([[0, 1, -1, 2]]), axis=0).tolist() == [[0, 5, 10, 11]]
    table = ops.embedding(x, np.array([[0], [2]]))
    assert table.shape == (2, 1, 4) and table[1, 0].tolist() == x[2].tolist()
    assert ops.masked_select(x, x % 5 == 1).tolist() == [1, 6, 11]
    assert ops.masked_select(x, x < 0).shape == (0,)
    for wrong in (3, -4):
        with pytest.raises(IndexError):
            ops.take(x, np.array([wrong]), axis=0)
        with pytest.raises(IndexError):
            ops.gather(x, np.full((1, 4), wrong), axis=0)
        with pytest.raises(IndexError):
            ops.scatter_add(x, np.full((1, 4), wrong), np.ones((1, 4)), axis=0)


def test_scattering() -> None:
    x, index = np.zeros(4), np.array([1, -1, 1])
    updates = np.array([1.0, 2.0, 3.0])
    assert ops.scatter(x, index, updates, axis=0).tolist() == [0, 3, 0, 2]
    assert ops.scatter_add(x, index, updates, axis=0).tolist() == [0, 4, 0, 2]
    assert not x.any(), "the input is not changed"
    wrapped = ops.scatter_add(
        np.array([100], np.int8), np.zeros(2, int), np.array([100, 100], np.int8), axis=0
    )
    assert wrapped.tolist() == [44]
    x = RNG.normal(size=(2, 3, 4))
    order = np.argsort(x, axis=1)
    np.testing.assert_array_equal(ops.scatter(x * 0, order, np.sort(x, 1), axis=-2), x)


CASTS = [
    ("float64", [-1.9, -0.5, 0.99, 2.5], "int32", [-1, 0, 0, 2]),
    ("float64", [NAN, INF, -INF, 300.0, -300.0], "int8", [0, 127, -128, 127, -128]),
    ("float64", [-1.0, 1e30], "uint64", [0, 2**64 - 1]),
    ("float64", [2.0**63, -(2.0**63), 2.0**62], "int64", [2**63 - 1, -(2**63), 2**62]),
    ("int64", [300, -1, 128], "int8", [44, -1, -128]),
    ("int64", [-1], "uint32", [2**32 - 1]),
    ("float64", [0.0, -0.0, NAN, 1e-300], "bool", [False, False, True, True]),
    ("int64", [0, 256], "bool", [False, True]),
    ("bool", [True, False], "float64", [1.0, 0.0]),
    ("bool", [True], "complex128", [1 + 0j]),
    ("uint64", [2**64 - 1], "float64", [2.0**64]),
    ("float64", [1e300], "float16", [1e300]),
]


@pytest.mark.parametrize(("source", "values", "dtype", "expected"), CASTS)
def test_casts(source: str, values: list[Any], dtype: str, expected: list[Any]) -> None:
    """Between floats nothing is rounded here: that is the interpreter's last step."""
    got = ops.astype(np.array(values, source), dtype=dtype)
    assert got.dtype == dtypes.numpy_dtype(dtypes.wide(dtype))
    assert got.tolist() == expected


def test_a_cast_keeps_the_sign_of_zero() -> None:
    assert np.signbit(ops.astype(np.array([-0.0]), dtype="float32")).all()

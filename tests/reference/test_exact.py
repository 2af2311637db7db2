"""``Exact`` against float64 arithmetic on every op, and against mpmath beyond its precision."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest

from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import MP, PRECISION
from tensorcts.reference.arrays.primitives import convert, is_complex
from tensorcts.reference.ops import definitions as ops

INF, NAN = math.inf, math.nan


def plain(x: Any) -> Any:
    """A result as an ordinary array."""
    return x.split()[0] if isinstance(x, Exact) else np.asarray(x)


def test_every_op_agrees_with_float64(sample: Any) -> None:
    exact = sample.on([Exact(sample.arrays[i]) for i in sample.floating], exact=True)
    double = sample.on([sample.arrays[i] for i in sample.floating], exact=False)
    for got, expected in zip(exact, double, strict=True):
        assert plain(got).shape == np.shape(expected)
        assert (plain(got).dtype.kind == "b") == (np.asarray(expected).dtype.kind == "b")
        np.testing.assert_allclose(plain(got), expected, rtol=1e-12, atol=1e-14)


SPECIAL = [
    (ops.divide, (1.0, 0.0), INF), (ops.divide, (-1.0, 0.0), -INF), (ops.divide, (0.0, 0.0), NAN),
    (ops.divide, (NAN, 0.0), NAN), (ops.divide, (INF, INF), NAN), (ops.divide, (1.0, INF), 0.0),
    (ops.divide, (INF, 0.0), INF),
    (ops.add, (INF, -INF), NAN), (ops.multiply, (0.0, INF), NAN), (ops.multiply, (-2.0, INF), -INF),
    (ops.sqrt, (-1.0,), NAN), (ops.sqrt, (INF,), INF), (ops.sqrt, (NAN,), NAN),
    (ops.abs, (-INF,), INF), (ops.negative, (INF,), -INF),
    (ops.log, (-1.0,), NAN), (ops.log, (0.0,), -INF), (ops.log, (INF,), INF),
    (ops.log, (NAN,), NAN),
    (ops.log1p, (-1.0,), -INF), (ops.log1p, (-2.0,), NAN), (ops.log1p, (INF,), INF),
    (ops.exp, (-INF,), 0.0), (ops.exp, (INF,), INF), (ops.exp, (NAN,), NAN),
    (ops.expm1, (-INF,), -1.0), (ops.expm1, (INF,), INF),
    (ops.pow, (NAN, 0.0), 1.0), (ops.pow, (1.0, NAN), 1.0), (ops.pow, (0.0, -1.0), INF),
    (ops.pow, (0.0, 2.0), 0.0), (ops.pow, (-8.0, 1 / 3), NAN), (ops.pow, (-2.0, 3.0), -8.0),
    (ops.pow, (0.5, INF), 0.0), (ops.pow, (2.0, INF), INF), (ops.pow, (0.5, -INF), INF),
    (ops.pow, (-1.0, INF), 1.0), (ops.pow, (INF, -1.0), 0.0), (ops.pow, (-INF, 3.0), -INF),
    (ops.pow, (-INF, 2.0), INF), (ops.pow, (-1.0, -INF), 1.0), (ops.pow, (NAN, 1.0), NAN),
    (ops.sin, (INF,), NAN), (ops.cos, (-INF,), NAN), (ops.tan, (INF,), NAN), (ops.sin, (NAN,), NAN),
    (ops.asin, (1.5,), NAN), (ops.acos, (-1.5,), NAN), (ops.acos, (1.0,), 0.0),
    (ops.atan, (INF,), math.pi / 2), (ops.atan, (-INF,), -math.pi / 2),
    (ops.atan2, (0.0, 1.0), 0.0), (ops.atan2, (0.0, -1.0), math.pi),
    (ops.atan2, (1.0, 0.0), math.pi / 2), (ops.atan2, (-INF, 1.0), -math.pi / 2),
    (ops.atan2, (INF, INF), math.pi / 4),
    (ops.atan2, (INF, -INF), 3 * math.pi / 4), (ops.atan2, (-INF, INF), -math.pi / 4),
    (ops.atan2, (1.0, INF), 0.0), (ops.atan2, (1.0, -INF), math.pi),
    (ops.atan2, (NAN, 1.0), NAN), (ops.atan2, (-1.0, -INF), -math.pi),
    (ops.sinh, (-INF,), -INF), (ops.cosh, (-INF,), INF), (ops.tanh, (-INF,), -1.0),
    (ops.asinh, (-INF,), -INF), (ops.acosh, (1.0,), 0.0), (ops.acosh, (0.5,), NAN),
    (ops.acosh, (INF,), INF), (ops.atanh, (1.0,), INF), (ops.atanh, (-1.0,), -INF),
    (ops.atanh, (1.5,), NAN), (ops.tanh, (NAN,), NAN), (ops.acosh, (NAN,), NAN),
    (ops.maximum, (NAN, 1.0), NAN), (ops.maximum, (1.0, NAN), NAN), (ops.maximum, (-INF, 1.0), 1.0),
    (ops.minimum, (NAN, 1.0), NAN), (ops.minimum, (1.0, NAN), NAN), (ops.minimum, (INF, 1.0), 1.0),
    (ops.relu, (NAN,), NAN), (ops.relu, (-INF,), 0.0), (ops.relu, (INF,), INF),
    (ops.gelu, (INF,), INF), (ops.gelu, (-INF,), 0.0), (ops.gelu, (NAN,), NAN),
    (ops.gelu_tanh, (INF,), INF), (ops.gelu_tanh, (-INF,), 0.0), (ops.gelu_tanh, (NAN,), NAN),
    (ops.silu, (INF,), INF), (ops.silu, (-INF,), 0.0), (ops.silu, (NAN,), NAN),
]  # fmt: skip


def _name(value: Any) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("op", "arguments", "expected"), SPECIAL, ids=_name)
@pytest.mark.parametrize("kind", [Exact, np.asarray])
def test_special_values(op: Any, arguments: Any, expected: float, kind: Any) -> None:
    """The same numbers are expected of float64 arithmetic and of ``Exact``."""
    with np.errstate(all="ignore"):
        got = op(*(kind(np.array(a)) for a in arguments))
    np.testing.assert_array_equal(plain(got), expected)


ROWS = [
    (ops.max, [1, NAN, 3], NAN), (ops.max, [NAN, 1], NAN), (ops.max, [1, -INF], 1),
    (ops.min, [1, 2, NAN], NAN), (ops.min, [INF, INF], INF),
    (ops.mean, [INF, 1], INF), (ops.mean, [INF, -INF], NAN),
]  # fmt: skip


@pytest.mark.parametrize(("op", "row", "expected"), ROWS, ids=_name)
@pytest.mark.parametrize("axis", [None, 0])
def test_special_values_in_rows(op: Any, row: Any, expected: float, axis: Any) -> None:
    got = op(Exact(np.array(row, np.float64)), axis=axis, keepdims=False)
    np.testing.assert_array_equal(plain(got), expected)


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize("axis", [None, 1])
def test_positions_of_ties_and_nan(name: str, axis: Any) -> None:
    x = np.array([[1.0, 3, 3, -1, -1], [0, NAN, 7, NAN, -9]])
    for part in (x, x[:1], x[:, 2:3]):
        expected = getattr(ops, name)(part, axis=axis, keepdims=True)
        got = getattr(ops, name)(Exact(part), axis=axis, keepdims=True)
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize("name", ["sum", "prod", "mean", "var"])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_reductions_of_nothing(name: str, axis: Any, shape: tuple[int, ...]) -> None:
    attrs: dict[str, Any] = {"axis": axis, "keepdims": False}
    attrs |= {"dtype": "float64"} if name in ("sum", "prod") else {}
    attrs |= {"correction": 0} if name == "var" else {}
    with warnings.catch_warnings(action="ignore"):
        expected = getattr(ops, name)(np.ones(shape), **attrs)
    got = getattr(ops, name)(Exact(np.ones(shape)), **attrs)
    np.testing.assert_array_equal(plain(got), expected)
    assert plain(got).shape == np.shape(expected)


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 2)])
def test_softmax_of_nothing(shape: tuple[int, ...]) -> None:
    for op in (ops.softmax, ops.log_softmax):
        assert plain(op(Exact(np.ones(shape)), axis=-1)).shape == shape


def test_the_largest_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no elements"):
        ops.max(Exact(np.ones((0, 2))), axis=0, keepdims=False)


def test_matmul_over_nothing_is_zero() -> None:
    got = ops.matmul(Exact(np.ones((2, 0))), Exact(np.ones((0, 3))))
    np.testing.assert_array_equal(plain(got), np.zeros((2, 3)))
    assert plain(ops.einsum(Exact(np.ones((2, 0))), subscripts="ij->i")).tolist() == [0, 0]


def _gelu(x: Any) -> Any:
    return x * MP.ncdf(x)


def _gelu_tanh(x: Any) -> Any:
    inner = MP.sqrt(2 / MP.pi) * (x + MP.mpf("0.044715") * x**3)
    return x * (1 + MP.tanh(inner)) / 2


def _silu(x: Any) -> Any:
    return x / (1 + MP.exp(-x))


@pytest.mark.parametrize(("op", "formula"), [(ops.gelu, _gelu), (ops.gelu_tanh, _gelu_tanh),
                                             (ops.silu, _silu)], ids=_name)  # fmt: skip
@pytest.mark.parametrize("x", [-10.0, -3.0, -1.0, -0.5, 0.1, 1.0, 3.0])
def test_constants_carry_the_full_precision(op: Any, formula: Any, x: float) -> None:
    got = op(Exact(np.array(x))).value.item()
    digits = 24 if op is ops.gelu_tanh and x == -10 else 50  # 1 + tanh cancels 36 of the 60
    with MP.workdps(110):
        assert abs(got / formula(MP.mpf(x)) - 1) < MP.mpf(10) ** -digits


def test_rotary_frequencies_carry_the_full_precision() -> None:
    x, positions = Exact(np.array([[1.0, 0.0, 0.0, 0.0]])), np.array([3])
    x = Exact(np.array([[0.0, 1.0, 0.0, 0.0]]))
    got = ops.rotary_embedding(x, positions, base=Exact(np.array(10000.0)), layout="half")
    with MP.workdps(110):
        angle = 3 * MP.mpf(10000) ** (MP.mpf(-2) / 4)
        assert abs(got.value[0, 1] - MP.cos(angle)) < MP.mpf(10) ** -50
        assert abs(got.value[0, 3] - MP.sin(angle)) < MP.mpf(10) ** -50


def test_layer_norm_does_not_lose_what_float64_cancels() -> None:
    x = 1e15 + np.array([0.0, 1.0, 2.0, 4.0])
    one, zero = np.ones(4), np.zeros(4)
    got = ops.layer_norm(Exact(x), Exact(one), Exact(zero), eps=0.0)
    expected = ops.layer_norm(np.array([0.0, 1, 2, 4]), one, zero, eps=0.0)
    np.testing.assert_allclose(plain(got), expected, rtol=1e-15)


def test_splitting_gives_the_nearest_double_and_the_rest() -> None:
    third = Exact(np.array([1.0, -1.0, 0.0, INF])) / 3
    hi, lo = third.split()
    np.testing.assert_array_equal(hi, [1 / 3, -1 / 3, 0, INF])
    assert lo[0] == -lo[1] and lo[2] == lo[3] == 0
    with MP.workprec(PRECISION):
        assert abs(MP.mpf(hi[0]) + lo[0] - MP.mpf(1) / 3) < 1e-32
    assert abs(lo[0]) <= np.spacing(hi[0]) / 2


def test_complex_numbers_split_by_parts() -> None:
    x = np.array([1 + 2j, 0.5 - 1j])
    hi, lo = (Exact(x) * Exact(x) / 3).split()
    np.testing.assert_allclose(hi, x * x / 3, rtol=1e-15)
    assert np.all(np.abs(lo) < 1e-16) and np.any(lo != 0)


def test_a_complex_infinity_splits_by_parts_too() -> None:
    hi, lo = Exact(np.array([complex(1, INF), 1j / 3])).split()
    assert (hi[0].real, hi[0].imag, lo[0]) == (1, INF, 0)


def test_casts_make_numbers_complex_and_real() -> None:
    third = Exact(np.array([1.0])) / 3
    made = convert(third, dtype="complex64")
    assert is_complex(made) and np.all(np.real(made) == third)
    assert not is_complex(convert(made, dtype="float32"))


def test_exact_numbers_do_not_mix_with_float64_silently() -> None:
    """Whatever an Exact meets, the result is Exact: no step falls back to float64."""
    x = Exact(np.array([0.1, 0.2]))
    for result in (x + 1, 2.0 * x, x - np.ones(2), np.ones(2) / x, np.where([True, False], x, 0.0),
                   np.sum(x), np.mean(x), x[0], np.concatenate([x, np.zeros(2)]), np.max(x),
                   np.stack([x, x]), np.reshape(x, (2, 1)), np.matmul(x, np.ones(2))):  # fmt: skip
        assert isinstance(result, Exact)


def test_what_is_next_to_half_an_ulp_is_no_tie() -> None:
    """√(1 - 2ε) is 1 - ε - ε²/2 - …; the square of 2**26 + ½ is a tie."""
    hi, lo = np.sqrt(Exact(np.array([1 - 2.0**-53, 1 + 2.0**-52]))).split()
    np.testing.assert_array_equal(hi, [1 - 2.0**-53, 1.0])
    np.testing.assert_array_equal(lo, np.nextafter([2.0**-54, 2.0**-53], 0))
    hi, lo = np.square(Exact(np.array([(2.0**27 - 1) / 2**27]))).split()
    assert abs(lo[0]) == 2.0**-54

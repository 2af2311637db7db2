"""Contractions of ``Exact`` arrays never round: against rational arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given, settings

from tensorcts.reference.arrays import exact_sums, primitives
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import MP, arbitrary_precision

TINY, HUGE = float(np.nextafter(0.0, 1.0)), float(np.finfo(np.float64).max)

reals = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([HUGE, -HUGE, TINY, -TINY, 1.0, -1.0, 1e300, -1e300, 2.0**-1022]),
)


def arrays(*shape: int) -> st.SearchStrategy[Any]:
    return hnp.arrays(np.float64, shape, elements=reals)


def rational(x: Any) -> Any:
    """The same numbers as an object array of fractions."""
    return np.frompyfunc(Fraction, 1, 1)(x)


def fractions(result: Exact) -> Any:
    """The numbers of an exact result as fractions."""

    def fraction(number: Any) -> Fraction:
        sign, significand, exponent, _ = number._mpf_
        return (-1) ** sign * int(significand) * Fraction(2) ** exponent

    return np.frompyfunc(fraction, 1, 1)(result.value)


CALLS: dict[str, tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]] = {
    "sum": (np.sum, ((7,),)),
    "sum of columns": (lambda x: np.sum(x, axis=0, keepdims=True), ((4, 2),)),
    "cumsum": (lambda x: np.cumsum(x, axis=-1), ((2, 4),)),
    "matmul": (np.matmul, ((2, 2, 3), (3, 2))),
    "dot": (np.matmul, ((5,), (5,))),
    "einsum": (lambda x, y: np.einsum("ij,ik->kj", x, y), ((3, 2), (3, 2))),
    "einsum of three": (lambda x, y, z: np.einsum("ij,jk,k->", x, y, z), ((2, 2), (2, 2), (2,))),
    "diagonal": (lambda x: np.einsum("ii->", x), ((3, 3),)),
    "convolution": (
        lambda x, w: np.einsum("nij,oij->no", x, w), ((2, 2, 2), (2, 2, 2)),
    ),
    "scatter_sum": (
        lambda x, u: primitives.scatter_sum(x, np.array([1, 0, 1, 1]), u, axis=0), ((2,), (4,)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_contractions_are_those_of_rational_arithmetic(name: str) -> None:
    """Whatever cancels, and near the ends of float64's range."""
    call, shapes = CALLS[name]

    @settings(max_examples=50)
    @given(st.tuples(*(arrays(*shape) for shape in shapes)))
    @example(tuple(np.full(shape, HUGE) for shape in shapes))
    @example(tuple(np.full(shape, TINY) for shape in shapes))
    @example(tuple(np.resize([1e300, TINY, -1e300, 1.0], shape) for shape in shapes))
    def check(given: tuple[Any, ...]) -> None:
        got = call(*map(Exact, given))
        np.testing.assert_array_equal(fractions(got), call(*map(rational, given)))

    check()


def test_numbers_too_far_apart_are_added_by_rounding() -> None:
    far = Exact(np.array([MP.ldexp(1, 10**6), MP.mpf(1)], dtype=object))
    with arbitrary_precision():
        assert np.sum(far).value.item() == MP.ldexp(1, 10**6)


@pytest.mark.parametrize(
    ("x", "y", "wanted"),
    [([math.inf, 1], [1, 1], math.inf), ([math.inf, 1], [0, 1], math.nan),
     ([math.inf, -math.inf], [1, 1], math.nan), ([math.nan, 1], [1, 1], math.nan)],
)  # fmt: skip
def test_infinities_and_nan(x: list[float], y: list[float], wanted: float) -> None:
    got = np.matmul(Exact(np.array(x)), Exact(np.array(y)))
    np.testing.assert_array_equal(got.split()[0], wanted)


def test_complex_numbers_are_mpmaths() -> None:
    x = np.array([[1 + 2j, 3j], [-1, 0.5]])
    got, _ = np.matmul(Exact(x), Exact(x)).split()
    np.testing.assert_array_equal(got, x @ x)


def test_arrays_of_another_kind_are_taken_as_they_are() -> None:
    found = np.einsum("ij,j->i", np.array([[True, False], [True, True]]), Exact(np.array([0.1, 2])))
    assert fractions(found).tolist() == [Fraction(0.1), Fraction(0.1) + 2]
    assert exact_sums.total([0.5, 1]).item() == 1.5

"""Products and matrices: laws, known answers, special values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tensorcts.reference.autodiff.reverse import grad
from tensorcts.reference.ops import definitions as ops

INF, NAN = float("inf"), float("nan")
small = st.integers(-9, 9).map(float)


def matrix(*shape: int) -> Any:
    return arrays(np.float64, shape, elements=small)


vectors = matrix(3)


@given(vectors, vectors)
def test_a_cross_product_is_orthogonal_and_changes_its_sign_with_the_order(x: Any, y: Any) -> None:
    z = ops.cross(x, y, axis=0)
    assert ops.dot(x, z) == ops.dot(y, z) == 0
    assert np.array_equal(z, -ops.cross(y, x, axis=-1))


@given(vectors, vectors)
def test_lagrange_s_identity(x: Any, y: Any) -> None:
    z = ops.cross(x, y, axis=0)
    assert ops.dot(z, z) == ops.dot(x, x) * ops.dot(y, y) - ops.dot(x, y) ** 2


@given(matrix(2, 3), matrix(3, 2), matrix(2, 2), matrix(2, 1))
def test_the_product_of_kronecker_products_is_that_of_their_factors(
    a: Any, c: Any, b: Any, d: Any
) -> None:
    left = ops.matmul(ops.kron(a, b), ops.kron(c, d))
    assert np.array_equal(left, ops.kron(ops.matmul(a, c), ops.matmul(b, d)))


@given(matrix(2, 3), matrix(3, 2))
def test_a_trace_does_not_see_the_order(x: Any, y: Any) -> None:
    traces = [ops.trace(ops.matmul(*p), offset=0, dtype="float64") for p in ((x, y), (y, x))]
    assert traces[0] == traces[1]


@given(matrix(2, 3), matrix(2, 3))
def test_tensordot_has_the_other_products_as_special_cases(x: Any, y: Any) -> None:
    both = ops.tensordot(x, y, axes=((0, 1), (0, 1)))
    assert both == ops.dot(x.ravel(), y.ravel())
    assert both == ops.tensordot(x, y, axes=((-1, 0), (-1, 0)))
    assert np.array_equal(ops.tensordot(x, y, axes=((1,), (1,))), ops.matmul(x, y.T))
    assert np.array_equal(ops.tensordot(x[0], y[1], axes=0), ops.outer(x[0], y[1]))
    norm = ops.matrix_norm(x, keepdims=False)
    np.testing.assert_allclose(norm**2, ops.tensordot(x, x, axes=2), rtol=1e-15)


def test_the_first_argument_of_an_inner_product_is_conjugated() -> None:
    x, y = np.array([1 + 2j, 3j]), np.array([2 - 1j, 1j])
    wanted = (1 - 2j) * (2 - 1j) + (-3j) * 1j
    assert ops.vdot(x, y) == ops.vecdot(x, y, axis=-1) == wanted
    assert ops.dot(x, y) == (1 + 2j) * (2 - 1j) + 3j * 1j


@pytest.mark.parametrize("function", [ops.dot, ops.vdot])
def test_the_product_of_nothing_is_zero(function: Any) -> None:
    assert function(np.zeros(0), np.zeros(0)) == 0
    assert not np.any(ops.matmul(np.ones((2, 0)), np.ones((0, 3))))
    assert not np.any(ops.tensordot(np.ones((2, 0)), np.ones((0, 3)), axes=1))


def test_zero_times_infinity_spreads() -> None:
    x = np.array([[0.0, 1], [1, 1], [NAN, 0]])
    with np.errstate(invalid="ignore"):
        z = ops.matmul(x, np.array([[INF, 1], [0, 0]]))
    assert np.array_equal(z, [[NAN, 0], [INF, 1], [NAN, NAN]], equal_nan=True)


def test_integers_wrap_and_bools_ask_for_one_path() -> None:
    x = np.full((1, 2), 2**62)
    assert ops.matmul(x, np.full((2, 1), 2)) == [[0]]
    steps = np.array([[False, True], [False, False]])
    assert np.array_equal(ops.matmul(steps, steps), np.zeros((2, 2), bool))
    assert np.array_equal(ops.matmul(steps, steps.T), [[True, False], [False, False]])


@pytest.mark.parametrize("function", [ops.addmm, ops.baddbmm])
def test_a_factor_of_zero_leaves_its_term_out(function: Any) -> None:
    lead = (1,) if function is ops.baddbmm else ()
    x, y, c = (np.ones((*lead, 2, 2)) for _ in range(3))
    bad = np.full((*lead, 2, 2), NAN)
    assert np.all(function(bad, x, y, alpha=0.5, beta=0.0) == 1)
    assert np.all(function(c, bad, y, alpha=0.0, beta=3.0) == 3)
    assert np.all(np.isnan(function(c, bad, y, alpha=1.0, beta=0.0)))


@given(matrix(3, 4), st.integers(-4, 5))
def test_a_diagonal_is_numpy_s(x: Any, offset: int) -> None:
    assert np.array_equal(ops.diagonal(x, offset=offset, axis1=0, axis2=1), x.diagonal(offset))
    got = ops.diagonal(x, offset=offset, axis1=-1, axis2=0)
    assert np.array_equal(got, x.T.diagonal(offset))
    assert ops.trace(x, offset=offset, dtype="float64") == x.trace(offset)


def test_the_diagonals_of_a_batch_come_last() -> None:
    x = np.arange(24).reshape(2, 3, 4)
    assert np.array_equal(ops.diagonal(x, offset=1, axis1=0, axis2=2), [[1, 14], [5, 18], [9, 22]])


def test_a_norm_of_zeros_has_the_gradient_zero() -> None:
    norm = grad(lambda x: ops.matrix_norm(x, keepdims=False))
    assert np.array_equal(norm(np.zeros((2, 2))), np.zeros((2, 2)))
    np.testing.assert_allclose(norm(np.diag([3.0, -4.0])), np.diag([0.6, -0.8]), rtol=1e-15)
    assert ops.matrix_norm(np.zeros((2, 0)), keepdims=True).tolist() == [[0]]

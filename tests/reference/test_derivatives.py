"""Jacobians, Hessians and their products with vectors; modes nested in each other."""

from __future__ import annotations

import itertools
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given

from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.autodiff.derivatives import hessian, hvp, jacobian
from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.reverse import grad, vjp
from tensorcts.reference.ops import definitions as ops

SHAPES = hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)


def whole(*shape: int, seed: int = 0) -> Any:
    """Small whole numbers as float64: sums of their products are exact."""
    return np.random.default_rng([seed, *shape]).integers(-9, 9, shape).astype(np.float64)


@given(SHAPES, SHAPES)
def test_the_jacobian_of_a_linear_map_is_its_matrix(rows: Any, columns: Any) -> None:
    matrix = whole(*rows, *columns)

    def apply(x: Any) -> Any:
        return np.sum(matrix * x, axis=tuple(range(len(rows), matrix.ndim)))

    found = jacobian(apply)(whole(*columns, seed=1))
    assert found.shape == matrix.shape
    np.testing.assert_array_equal(found, matrix)


def test_the_jacobian_of_softmax() -> None:
    x = np.random.default_rng(0).normal(size=5)
    y = ops.softmax(x, axis=0)
    found = jacobian(lambda x: ops.softmax(x, axis=0))(x)
    np.testing.assert_allclose(found, np.diag(y) - np.outer(y, y), atol=1e-16)


def test_a_complex_jacobian_is_refused() -> None:
    with pytest.raises(TypeError, match="a matrix over the reals"):
        jacobian(np.exp)(np.ones(2) + 0j)


def quartic(x: Any) -> Any:
    """(xᵀAx)², whose Hessian is 4·q·A + 8·(Ax)(Ax)ᵀ for a symmetric A."""
    q = np.sum(x * np.matmul(A, x))
    return q * q


A = whole(4, 4) + whole(4, 4).T
X, V = whole(4, seed=2), whole(4, seed=3)
SECOND = 4 * (X @ A @ X) * A + 8 * np.outer(A @ X, A @ X)


def test_the_hessian_and_its_product() -> None:
    np.testing.assert_array_equal(hessian(quartic)(X), SECOND)
    np.testing.assert_array_equal(hvp(quartic)(X, V), SECOND @ V)


def test_the_hessian_of_exact_numbers() -> None:
    x = Exact(np.array([0.25, 0.5]))
    (hi, lo), wanted = hessian(lambda x: np.exp(np.sum(x)))(x).split(), np.exp(0.75)
    np.testing.assert_allclose(hi, np.full((2, 2), wanted), rtol=1e-15)
    assert lo.any(), "it has more digits than a float64"


MODES = {
    "reverse": lambda f, v: lambda x: np.sum(vjp(f, x)[1](1.0)[0] * v),
    "forward": lambda f, v: lambda x: jvp(f, (x,), (v,))[1],
}
"""The derivative of a scalar function in the direction v, by either mode."""


@pytest.mark.parametrize("modes", [*itertools.product(MODES, repeat=3)], ids="-".join)
def test_modes_nest_in_each_other_to_the_third_order(modes: tuple[str, ...]) -> None:
    """Along a line quartic is the polynomial q(X + tV)², whose third derivative is known."""
    function: Any = quartic
    for mode in modes:
        function = MODES[mode](function, V)
    a, b = V @ A @ V, 2 * (X @ A @ V)  # xᵀAx along the line is a·t² + b·t + …
    assert function(X) == 12 * a * b


def test_ten_derivatives_of_a_power() -> None:
    function: Any = lambda x: np.power(x, 10.0)  # noqa: E731
    for _ in range(10):
        function = grad(function)
    np.testing.assert_allclose(function(0.7), 3628800.0, rtol=1e-14)

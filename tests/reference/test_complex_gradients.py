"""Gradients of complex numbers: proven like the real ones, in the convention of one inner product.

The gradient of a real f is ∂f/∂Re z + i·∂f/∂Im z, for which f(z + t) - f(z) ≈ Re Σ (grad f)̅·t.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import proofs
import pytest

from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.primitives import join_parts
from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.reverse import grad, vjp
from tensorcts.reference.autodiff.traced import carries_gradient
from tensorcts.reference.ops import definitions as ops
from tensorcts.reference.registry import get

NOT_ANALYTIC = {"abs", "angle", "complex", "conj", "imag", "matrix_norm", "real", "vdot", "vecdot",
                "vector_norm"}  # fmt: skip
TINY = 1e-100


def test_gradient_is_the_derivative(smooth_complex: Any) -> None:
    assert proofs.assert_derivative(smooth_complex.exactly, smooth_complex.points) > 0


def test_the_tangent_is_the_adjoint_of_the_cotangent(smooth_complex: Any) -> None:
    proofs.assert_adjoint(smooth_complex.exactly, smooth_complex.points)


def test_gradient_of_the_gradient_is_the_derivative(smooth_complex: Any) -> None:
    gradient = proofs.gradient_of(smooth_complex.exactly, smooth_complex.points)
    proofs.assert_derivative(gradient, smooth_complex.points)


def test_complex_steps_and_the_cauchy_riemann_equations(smooth_complex: Any) -> None:
    """Of analytic ops: f(x + ih·t) ≈ f(x) + ih·Jt without cancellation, and J(it) = i·Jt."""
    points = [smooth_complex.arrays[i].real for i in smooth_complex.floating]
    steps = [np.random.default_rng(1).uniform(-1, 1, x.shape) for x in points]

    def run(*x: Any) -> Any:
        return smooth_complex.on(x, exact=False)

    def along(directions: Any) -> Any:
        primals = tuple(x + 0j for x in points)
        tangents = jvp(run, primals, tuple(d + 0j for d in directions))[1]
        return [t for t in tangents if t is not None]  # None: indices

    slopes, turned = along(steps), along([1j * t for t in steps])
    analytic = all(np.allclose(1j * a, b, 1e-12) for a, b in zip(slopes, turned, strict=True))
    assert analytic == (smooth_complex.op.name not in NOT_ANALYTIC)
    if analytic:
        stepped = run(*(x + 1j * TINY * t for x, t in zip(points, steps, strict=True)))
        stepped = [result for result in stepped if carries_gradient(result)]
        for slope, moved in zip(slopes, stepped, strict=True):
            np.testing.assert_allclose(np.imag(moved) / TINY, np.real(slope), 1e-11, 1e-13)


def test_a_gradient_points_uphill() -> None:
    z = np.array([3 - 4j, 1j])
    np.testing.assert_array_equal(grad(lambda z: np.sum(np.real(z * np.conjugate(z))))(z), 2 * z)
    np.testing.assert_array_equal(grad(lambda z: np.sum(np.abs(z)))(z), z / np.abs(z))
    np.testing.assert_array_equal(grad(lambda z: np.sum(np.imag(z)))(z), [1j, 1j])


def test_a_pullback_is_the_conjugate_of_the_transpose() -> None:
    z, g = 2 + 1j, 3 - 5j
    assert vjp(lambda z: z * z, z)[1](g) == (g * np.conjugate(2 * z),)


def test_what_comes_to_a_real_array_among_complex_ones_is_real() -> None:
    _, pullback = vjp(lambda x, z: x * z, np.array([2.0, 3.0]), np.array(1 + 1j))
    to_x, to_z = pullback(np.array([1j, 1]))
    assert to_x.dtype == np.float64 and to_x.tolist() == [1, 1]
    assert to_z == 3 + 2j


def test_a_complex_result_has_no_gradient() -> None:
    with pytest.raises(ValueError, match="needs a real scalar result, it is complex"):
        grad(np.exp)(1j)


@pytest.mark.parametrize("z", [-2 + 1j, -2 - 1j, 2 - 1j, -0.5 + 0.1j])
def test_acosh_on_all_sides_of_its_cuts(z: complex) -> None:
    proofs.assert_derivative(lambda z: (ops.acosh(z),), [Exact(np.array([z]))])


@pytest.mark.parametrize("order", [proofs.assert_derivative, proofs.assert_adjoint])
def test_the_sign_of_complex_numbers_is_not_flat(order: Any) -> None:
    order(lambda x, y: (np.sign(join_parts(x, y)),), proofs.random_like([np.ones(3)] * 2, 0))


def test_at_zero_nothing_flows_back_through_size_and_angle() -> None:
    zero = np.zeros(1, np.complex128)
    for op in (ops.abs, ops.angle, np.sign):
        assert vjp(op, zero)[1](np.ones(1))[0].tolist() == [0]


def test_what_comes_to_a_complex_array_is_complex(smooth_complex: Any) -> None:
    points = [smooth_complex.arrays[i] for i in smooth_complex.floating]
    results, pullback = vjp(lambda *x: smooth_complex.on(x, exact=False), *points)
    pulled = pullback(tuple(None if r is None else np.ones_like(r) for r in results))
    for x, g in zip(points, pulled, strict=True):
        assert np.iscomplexobj(g) == np.iscomplexobj(x)


def admitted(name: str, results: Any, *arrays: Any) -> list[list[bool]]:
    """Which elements of a gradient's results are right by its freedom."""
    op = get(name)
    truths = op.function(*map(np.asarray, arrays))
    right = (
        op.choices[0]
        .options["any"]
        .right(tuple(map(np.asarray, results)), truths, *map(np.asarray, arrays))
    )
    return [mask.tolist() for mask in right]


def test_at_a_kink_each_part_is_between_the_sides() -> None:
    z, g = [0j, 3 + 4j], [1.0, 1.0]
    for at_zero, free in [(0.5 - 0.5j, True), (2j, False), (0.5 + 2j, False), (np.nan, False)]:
        assert admitted("abs.backward", [[at_zero, 0.6 + 0.8j]], z, g) == [[free, False]]
    assert admitted("abs.backward", [[0j, 0.6 - 0.8j]], z, g) == [[True, False]]


def test_on_a_cut_both_branches_are_right_part_by_part() -> None:
    z, g = [complex(-4, 0.0)], [1 + 0j]
    assert admitted("sqrt.backward", [[-0.25j]], z, g) == [[True]]
    assert admitted("sqrt.backward", [[0.1 - 0.25j]], z, g) == [[False]]


def test_a_pole_has_no_direction() -> None:
    inf, nan = np.inf, np.nan
    for found in (complex(nan, nan), complex(inf, nan), complex(-inf, 0)):
        assert admitted("sqrt.backward", [[found]], [0j], [1 + 1j]) == [[True]]
    assert admitted("sqrt.backward", [[1e30 + 0j]], [0j], [1 + 1j]) == [[False]]


def test_beside_a_pole_that_is_left_out_the_next_order_may_be_nan() -> None:
    z, g, h = np.array([0j, 1j]), np.ones(2), np.ones(2, np.complex128)
    results = [np.full(2, np.nan + 0j), np.zeros(2)]
    assert admitted("angle.backward.backward", results, z, g, h)[0] == [True, False]

"""Forward mode: it agrees with reverse mode, nests, and refuses what has no rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.reverse import grad, vjp
from tensorcts.reference.autodiff.rules import MissingRuleError
from tensorcts.reference.ops import definitions as ops

ZERO = Exact(np.array(0.0))


def random_like(arrays: Any, seed: int) -> tuple[Exact, ...]:
    rng = np.random.default_rng(seed)
    return tuple(Exact(rng.uniform(-1, 1, np.shape(a))) for a in arrays)


def dot(xs: Any, ys: Any) -> list[Any]:
    """The inner product of two lists of arrays, and the sum of its terms' sizes."""
    terms = [x * y for x, y in zip(xs, ys, strict=True) if x is not None]  # None: integers
    return [sum((np.sum(f(t)) for t in terms), start=ZERO) for f in (np.positive, np.abs)]


def assert_adjoint(function: Any, points: Any) -> None:
    """⟨Jt, g⟩ = ⟨t, Jᵀg⟩ to 40 digits; reverse mode is proven elsewhere."""
    results, pullback = vjp(function, *points)
    tangents, cotangents = random_like(points, 1), random_like(results, 2)
    values, moved = jvp(function, tuple(points), tangents)
    for value, result in zip(values, results, strict=True):
        assert np.all(value == result)
    ahead, size = dot(moved, cotangents)
    back, _ = dot(tangents, pullback(tuple(cotangents)))
    assert np.abs(ahead - back).value.item() <= 1e-40 * size.value.item()


def test_the_tangent_is_the_adjoint_of_the_cotangent(smooth: Any) -> None:
    points = [Exact(smooth.arrays[i]) for i in smooth.floating]
    assert_adjoint(lambda *x: smooth.on(x, exact=True), points)


def test_forward_over_reverse(smooth: Any) -> None:
    """Hessian times vector: the tangent of the gradient is the adjoint of its own gradient."""
    points = [Exact(smooth.arrays[i]) for i in smooth.floating]
    cotangents = random_like(smooth.on(points, exact=True), 3)

    def gradient(*x: Any) -> Any:
        return vjp(lambda *x: smooth.on(x, exact=True), *x)[1](cotangents)

    assert_adjoint(gradient, points)


def test_reverse_over_forward() -> None:
    x = np.array([0.3, -1.2, 2.0])

    def along(x: Any) -> Any:
        return np.sum(jvp(np.sin, (x,), (np.ones(3),))[1])

    np.testing.assert_allclose(grad(along)(x), -np.sin(x), rtol=1e-15)


def test_forward_over_forward_to_the_third_order() -> None:
    def derivative(f: Any) -> Any:
        return lambda x: jvp(f, (x,), (1.0,))[1]

    assert derivative(derivative(derivative(lambda x: x * x * x * x)))(2.0) == 48.0


def test_results_that_do_not_move_have_zero_tangents() -> None:
    values, moved = jvp(lambda x, i: (ops.argmax(x, axis=0, keepdims=False), i, 0 * x), 
                        (np.ones(3), np.arange(2)), (np.ones(3), None))  # fmt: skip
    assert moved[0] is None and moved[1] is None and not moved[2].any()
    assert jvp(lambda x: np.ones(2), (np.ones(3),), (np.ones(3),))[1].tolist() == [0, 0]
    assert values[0] == 0


def test_a_missing_rule_raises() -> None:
    with pytest.raises(MissingRuleError, match="'spacing' has no rule for the tangent"):
        jvp(np.spacing, (np.ones(2),), (np.ones(2),))


def test_a_tangent_has_its_primal_s_shape() -> None:
    with pytest.raises(ValueError, match=r"tangent of primal 0 has the shape \(2,\), not \(3,\)"):
        jvp(np.sin, (np.ones(3),), (np.ones(2),))

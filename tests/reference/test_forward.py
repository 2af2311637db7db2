"""Forward mode: it agrees with reverse mode, nests, and refuses what has no rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import proofs
import pytest

from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.reverse import grad
from tensorcts.reference.autodiff.rules import MissingRuleError
from tensorcts.reference.ops import definitions as ops


def test_the_tangent_is_the_adjoint_of_the_cotangent(smooth: Any) -> None:
    proofs.assert_adjoint(smooth.exactly, smooth.points)


def test_forward_over_reverse(smooth: Any) -> None:
    """Hessian times vector: the tangent of the gradient is the adjoint of its own gradient."""
    proofs.assert_adjoint(proofs.gradient_of(smooth.exactly, smooth.points), smooth.points)


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

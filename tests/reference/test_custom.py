"""Functions with rules of their own: gradients, tangents, joint rules, checkpoints."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.autodiff.checkpoints import checkpoint
from tensorcts.reference.autodiff.custom import backward, gradient
from tensorcts.reference.autodiff.derivatives import hvp
from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.reverse import grad, value_and_grad, vjp
from tensorcts.reference.autodiff.rules import MissingRuleError
from tensorcts.reference.ops import definitions as ops


def test_a_gradient_of_its_own_replaces_the_traced_one() -> None:
    @gradient(lambda g, z, x: 7 * g * x)
    def square(x: Any) -> Any:
        """The square of x."""
        return x * x

    assert square.__doc__ == "The square of x."
    assert square(Exact(np.array(3.0))).value.item() == 9
    assert value_and_grad(square)(3.0) == (9.0, 21.0)
    assert grad(grad(square))(3.0) == 7.0
    assert jvp(square, (3.0,), (1.0,)) == (9.0, 6.0), "forward mode goes by the parts"


def test_a_straight_through_estimator_has_rules_for_both_modes() -> None:
    @gradient(lambda g, z, x: g, tangent=lambda tangents, z, x: tangents[0])
    def rounded(x: Any) -> Any:
        return np.rint(x)

    x, t = np.array([0.4, 1.6]), np.array([2.0, 3.0])
    assert vjp(rounded, x)[1](t)[0].tolist() == jvp(rounded, (x,), (t,))[1].tolist() == [2, 3]
    assert grad(lambda x: np.sum(rounded(x) * rounded(x)))(x).tolist() == [0, 4]
    assert jvp(grad(lambda x: np.sum(rounded(x) * x)), (x,), (t,))[1].tolist() == [4, 6]


def test_one_rule_for_all_arguments() -> None:
    calls = []

    @backward(lambda g, z, x, y: calls.append(1) or (g * y, g * x))
    def product(x: Any, y: Any) -> Any:
        return x * y

    assert grad(product, (0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert grad(product, 1)(2.0, 3.0) == 2.0
    assert len(calls) == 2
    with pytest.raises(MissingRuleError, match="'product' has no derivative rule for .* 'y'"):
        grad(lambda y: product(2.0, y=y))(3.0)


def test_a_rule_that_gives_the_wrong_thing_is_told() -> None:
    @gradient(lambda g, z, x: np.ones(3))
    def wrong(x: Any) -> Any:
        return 2 * x

    with pytest.raises(ValueError, match=r"rule of 'wrong' gives .* \(3,\) .* of shape \(2,\)"):
        vjp(wrong, np.ones(2))[1](np.ones(2))
    forgetful = backward(lambda g, z, x: (None,))(lambda x: 2 * x)
    with pytest.raises(ValueError, match=r"'<lambda>' gives None for an argument of shape \(\)"):
        grad(forgetful)(1.0)
    with pytest.raises(MissingRuleError, match="'<lambda>' has no derivative rule"):
        vjp(gradient(None)(lambda x: 2 * x), np.ones(2))


def test_arrays_from_outside_are_refused() -> None:
    """A rule for the arguments says nothing of them: their gradient would be lost."""
    doubled = checkpoint(lambda x, y: x * y)
    assert grad(lambda y: doubled(2.0, y) * y)(3.0) == 12
    with pytest.raises(TypeError, match="uses other arrays that carry gradients"):
        grad(lambda y: checkpoint(lambda x: x * y)(2 * y))(3.0)


def layer(x: Any, weights: dict[str, Any], *, scale: float) -> Any:
    hidden = ops.gelu(np.matmul(x, weights["up"]))
    return x + scale * np.matmul(np.tanh(hidden), weights["down"])


def network(run: Any, x: Any, layers: list[dict[str, Any]]) -> Any:
    for weights in layers:
        x = run(x, weights, scale=0.5)
    return np.sum(x * x)


RNG = np.random.default_rng(0)
INPUT = RNG.normal(size=(64, 16))
LAYERS = [{"up": RNG.normal(size=(16, 64)) / 8, "down": RNG.normal(size=(64, 16)) / 8}
          for _ in range(12)]  # fmt: skip


def gradients(run: Any) -> Any:
    return vjp(lambda x, layers: network(run, x, layers), INPUT, LAYERS)[1](1.0)


def test_a_checkpoint_changes_no_bit() -> None:
    for again in (checkpoint(layer), checkpoint(checkpoint(layer))):
        (plain_x, plain_layers), (x, layers) = gradients(layer), gradients(again)
        np.testing.assert_array_equal(x, plain_x)
        for one, other in zip(layers, plain_layers, strict=True):
            np.testing.assert_array_equal(one["up"], other["up"])
            np.testing.assert_array_equal(one["down"], other["down"])


def test_a_checkpoint_lowers_the_peak_of_live_residuals() -> None:
    def peak(run: Any) -> int:
        gradients(run)
        tracemalloc.start()
        try:
            gradients(run)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(checkpoint(layer)) < 0.4 * peak(layer)


def test_a_checkpoint_runs_again_once() -> None:
    runs = []

    @checkpoint
    def counted(x: Any, y: Any) -> Any:
        runs.append(1)
        return np.sin(x) * y

    result, pullback = vjp(lambda x, y: np.sum(counted(x, y)), np.ones(3), np.ones(3))
    assert len(runs) == 1
    pullback(result)
    assert len(runs) == 2


def test_second_derivatives_through_a_checkpoint() -> None:
    def loss(run: Any) -> Any:
        return lambda x: network(run, x, LAYERS[:2])

    v = RNG.normal(size=INPUT.shape)
    plain = hvp(loss(layer))(INPUT, v)
    np.testing.assert_allclose(hvp(loss(checkpoint(layer)))(INPUT, v), plain, rtol=1e-12)
    twice = grad(lambda x: np.sum(grad(loss(checkpoint(layer)))(x) * v))(INPUT)
    np.testing.assert_allclose(twice, plain, rtol=1e-10, atol=1e-12)

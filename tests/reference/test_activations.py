"""What the activations compute: known answers, special values, laws, conventions at kinks."""

from __future__ import annotations

import functools
import math
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.ops import definitions as ops

INF, NAN = math.inf, math.nan
FINITE = st.floats(-1e30, 1e30)

elu, celu = (functools.partial(f, alpha=1.5) for f in (ops.elu, ops.celu))
leaky = functools.partial(ops.leaky_relu, negative_slope=0.1)
softplus = functools.partial(ops.softplus, beta=1.0, threshold=20.0)
hardshrink, softshrink = (functools.partial(f, lambd=0.5) for f in (ops.hardshrink, ops.softshrink))
above = functools.partial(ops.threshold, threshold=1.0, value=9.0)

SELU = (
    mpmath.mpf("1.6732632423543772848170429916717"),
    mpmath.mpf("1.0507009873554804934193349852946"),
)

ANSWERS: list[tuple[Any, list[float], list[float]]] = [
    (ops.sigmoid, [-INF, -100, 0, INF, NAN], [0, 3.720075976020836e-44, 0.5, 1, NAN]),
    (ops.log_sigmoid, [-INF, -1e5, 0, INF, NAN], [-INF, -1e5, -math.log(2), 0, NAN]),
    (softplus, [-INF, -100, 0, 20.5, INF, NAN],
     [0, 3.720075976020836e-44, math.log(2), 20.5, INF, NAN]),
    (ops.mish, [-INF, -100, 0, 100, INF, NAN], [0, -3.720075976020836e-42, 0, 100, INF, NAN]),
    (ops.softsign, [-INF, -1, 0, 3, INF, NAN], [-1, -0.5, 0, 0.75, 1, NAN]),
    (functools.partial(ops.swish, beta=2.0), [-INF, 0, 1e4, INF, NAN], [0, 0, 1e4, INF, NAN]),
    (elu, [-INF, -1e-10, 2, INF, NAN], [-1.5, -1.5e-10, 2, INF, NAN]),
    (celu, [-INF, -1e-10, 2, INF, NAN], [-1.5, -1e-10, 2, INF, NAN]),
    (leaky, [-INF, -2, 0, 3, NAN], [-INF, -0.2, 0, 3, NAN]),
    (ops.relu6, [-INF, -1, 2, 7, INF, NAN], [0, 0, 2, 6, 6, NAN]),
    (ops.hardsigmoid, [-INF, -3, 0, 3, INF, NAN], [0, 0, 0.5, 1, 1, NAN]),
    (ops.hardswish, [-INF, -3, 0, 1, 1.7e308, INF, NAN], [0, 0, 0, 4 / 6, 1.7e308, INF, NAN]),
    (ops.tanhshrink, [-INF, 0, INF, NAN], [-INF, 0, INF, NAN]),
    (hardshrink, [-INF, -0.5, 0.25, 0.75, NAN], [-INF, 0, 0, 0.75, NAN]),
    (softshrink, [-INF, -0.5, 0.25, 0.75, NAN], [-INF, 0, 0, 0.25, NAN]),
    (above, [-INF, 1, 2, NAN], [9, 9, 2, NAN]),
]  # fmt: skip


@pytest.mark.parametrize(("function", "x", "expected"), ANSWERS)
def test_known_answers(function: Any, x: list[float], expected: list[float]) -> None:
    with np.errstate(all="ignore"):
        got = function(np.array(x))
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=0)


@pytest.mark.parametrize("x", [-5.0, -0.1, 0.3])
def test_selu_has_its_constants(x: float) -> None:
    alpha, scale = SELU
    truth = scale * (x if x > 0 else alpha * mpmath.expm1(x))
    assert ops.selu(np.array(x)) == pytest.approx(float(truth), rel=1e-15)


KINKS: list[tuple[Any, list[float], list[float]]] = [
    (elu, [0.0], [1.5]),
    (celu, [0.0], [1]),
    (leaky, [0.0], [0.1]),
    (ops.relu6, [0.0, 6.0], [0, 0]),
    (functools.partial(ops.hardtanh, min_val=-1.0, max_val=1.0), [-1.0, 0.0, 1.0], [0, 1, 0]),
    (ops.hardsigmoid, [-3.0, 3.0], [0, 0]),
    (ops.hardswish, [-3.0, 3.0, -INF], [0, 1, 0]),
    (hardshrink, [-0.5, 0.5], [0, 0]),
    (softshrink, [-0.5, 0.5], [0, 0]),
    (above, [1.0], [0]),
    (softplus, [0.0, -1e4, 1e4], [0.5, 0, 1]),
    (ops.sigmoid, [-1e4, 1e4], [0, 0]),
    (ops.softsign, [0.0, 1e300], [1, 0]),
    (elu, [1e4], [1]),
]


@pytest.mark.parametrize(("function", "x", "expected"), KINKS)
def test_gradients_at_kinks_and_far_out(
    function: Any, x: list[float], expected: list[float]
) -> None:
    result, pullback = vjp(function, np.array(x))
    np.testing.assert_array_equal(pullback(np.ones(np.shape(result)))[0], expected)


@given(FINITE)
def test_laws_of_the_logistic_function(x: float) -> None:
    a = np.array(x)
    with np.errstate(all="ignore"):
        assert 0 <= ops.sigmoid(a) <= 1
        assert ops.sigmoid(a) + ops.sigmoid(-a) == pytest.approx(1, abs=1e-15)
        assert ops.log_sigmoid(a) == -ops.softplus(-a, beta=1.0, threshold=INF)
        assert ops.silu(a) == ops.swish(a, beta=1.0)


@given(FINITE)
def test_laws_of_shrinkages(x: float) -> None:
    a = np.array(x)
    assert abs(softshrink(a)) <= abs(hardshrink(a)) <= abs(x)
    assert ops.hardshrink(a, lambd=0.0) == ops.softshrink(a, lambd=0.0) == x


@pytest.mark.parametrize("name", ["glu", "reglu", "geglu", "swiglu"])
def test_the_half_that_gates_is_the_one_named(name: str) -> None:
    x = np.random.default_rng(0).normal(size=(3, 8))
    swapped = np.concatenate([x[:, 4:], x[:, :4]], axis=1)
    function = getattr(ops, name)
    got = function(x, axis=1, gate="second")
    np.testing.assert_array_equal(got, function(swapped, axis=-1, gate="first"))
    gate = {"glu": "sigmoid", "reglu": "relu", "geglu": "gelu", "swiglu": "silu"}[name]
    np.testing.assert_array_equal(got, x[:, :4] * getattr(ops, gate)(x[:, 4:]))


@pytest.mark.parametrize("name", ["relu", "gelu", "gelu_tanh", "silu", "tanh"])
def test_a_fused_bias_is_an_addition_before(name: str) -> None:
    rng = np.random.default_rng(0)
    x, bias = rng.normal(size=(3, 8)), rng.normal(size=8)
    fused = getattr(ops, f"bias_{name}")(x, bias)
    np.testing.assert_array_equal(fused, getattr(ops, name)(x + bias))
    with pytest.raises(ValueError, match=r"bias must have the shape \(8,\), not \(1,\)"):
        getattr(ops, f"bias_{name}")(x, bias[:1])


def test_prelu_has_a_slope_for_each_channel() -> None:
    x, weight = -np.ones((2, 3, 2)), np.array([0.5, 2.0, -1.0])
    np.testing.assert_array_equal(ops.prelu(x, weight)[1, :, 0], -weight)
    np.testing.assert_array_equal(ops.prelu(x, weight[:1]), -0.5 * np.ones((2, 3, 2)))
    _, pullback = vjp(ops.prelu, x, weight)
    np.testing.assert_array_equal(pullback(np.ones(x.shape))[1], [-4, -4, -4])


def test_softmin_is_the_softmax_of_the_negative() -> None:
    x = np.array([[1.0, -2.0, INF], [3.0, 3.0, 3.0]])
    np.testing.assert_array_equal(ops.softmin(x, axis=1), ops.softmax(-x, axis=1))

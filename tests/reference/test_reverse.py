"""Reverse mode as functions: what they return and refuse, nesting, threads, linear algebra."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from tensorcts.reference.arrays.primitives import (
    scatter_sum,
    scatter_to,
    select,
)
from tensorcts.reference.autodiff.checkpoints import checkpoint
from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.nodes import unbroadcast
from tensorcts.reference.autodiff.reverse import grad, value_and_grad, vjp
from tensorcts.reference.autodiff.rules import MissingRuleError
from tensorcts.reference.ops import definitions as ops

SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)


def whole(shape: tuple[int, ...], seed: int = 0) -> Any:
    """Small whole numbers as float64: sums of their products are exact."""
    return np.random.default_rng([seed, *shape]).integers(-9, 9, shape).astype(np.float64)


def assert_adjoint(linear: Any, *shapes: tuple[int, ...]) -> None:
    """⟨f(x), g⟩ = ⟨x, pullback(g)⟩ exactly, for each argument that f is linear in."""
    xs = [whole(shape, seed) for seed, shape in enumerate(shapes)]
    result, pullback = vjp(linear, *xs)
    cotangents = pullback(g := whole(np.shape(result), 7))
    for x, cotangent in zip(xs, cotangents, strict=True):
        assert np.shape(cotangent) == x.shape
        assert np.sum(result * g) == np.sum(x * cotangent)


@given(hnp.mutually_broadcastable_shapes(num_shapes=1, base_shape=(2, 3, 1), max_dims=4))
def test_unbroadcast_is_the_adjoint_of_broadcast_to(shapes: Any) -> None:
    (shape,) = shapes.input_shapes
    x, g = whole(shape), whole(shapes.result_shape, 1)
    back = unbroadcast(g, shape)
    assert back.shape == shape
    assert np.sum(np.broadcast_to(x, g.shape) * g) == np.sum(x * back)


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=0))
def test_gradients_have_the_shapes_of_their_primals(shapes: Any) -> None:
    a, b = shapes.input_shapes
    result, pullback = vjp(np.multiply, whole(a), whole(b, 1))
    back = pullback(np.ones(np.shape(result)))
    assert (np.shape(back[0]), np.shape(back[1])) == (a, b)


@given(hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, min_side=0))
def test_adjoint_of_matmul(shapes: Any) -> None:
    assert_adjoint(np.matmul, *shapes.input_shapes)


@given(SHAPES.flatmap(lambda s: st.tuples(st.just(s), hnp.basic_indices(s, allow_newaxis=True))))
def test_adjoint_of_slicing(case: Any) -> None:
    shape, index = case
    assert_adjoint(lambda x: x[index], shape)


@given(SHAPES, st.data())
def test_adjoints_of_what_moves_data(shape: tuple[int, ...], data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    axes = data.draw(st.permutations(range(len(shape))))
    positions = st.integers(-shape[axis], shape[axis] - 1)
    indices = np.array(data.draw(st.lists(positions, max_size=4)), np.int64)
    indices = data.draw(st.sampled_from([indices, indices[:, None]]))
    assert_adjoint(lambda x: np.take(x, indices, axis=axis), shape)
    assert_adjoint(lambda x: np.transpose(x, axes), shape)
    assert_adjoint(np.transpose, shape)
    assert_adjoint(lambda x: np.repeat(x, 3, axis=axis), shape)
    assert_adjoint(lambda x: np.reshape(x, (math.prod(shape), 1)), shape)
    assert_adjoint(lambda x: np.sum(x, axis=axis), shape)
    assert_adjoint(lambda x: np.sum(x, axis=tuple(axes[:2]), keepdims=True), shape)
    assert_adjoint(lambda x: np.concatenate([x, x, 2 * x], axis=axis), shape)
    assert_adjoint(lambda x: select(x, whole(shape) > 0), shape)


@given(SHAPES, st.data())
def test_adjoints_of_scattering(shape: tuple[int, ...], data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    index = np.argsort(whole(shape), axis=axis)
    assert_adjoint(lambda x: np.take_along_axis(x, index, axis), shape)
    zeros = np.zeros(shape)
    for scatter in (scatter_to, scatter_sum):
        assert_adjoint(lambda x, s=scatter: s(x, index, zeros, axis=axis), shape)
        assert_adjoint(lambda u, s=scatter: s(zeros, index, u, axis=axis), shape)
    assert_adjoint(lambda u: scatter_sum(zeros, index * 0, u, axis=axis), shape)


@given(st.lists(st.text("abc", max_size=3).filter(lambda t: len(set(t)) == len(t)), min_size=1,
                max_size=3), st.data())  # fmt: skip
def test_adjoint_of_einsum(terms: list[str], data: Any) -> None:
    letters = sorted(set("".join(terms)))
    output = "".join(data.draw(st.permutations(letters)))[: data.draw(st.integers(0, 3))]
    sizes = {"a": 2, "b": 3, "c": 1}
    form = ",".join(terms) + "->" + output
    shapes = [tuple(sizes[c] for c in term) for term in terms]
    assert_adjoint(lambda *xs: np.einsum(form, *xs), *shapes)


def test_a_missing_rule_raises() -> None:
    with pytest.raises(
        MissingRuleError, match="'spacing' has no derivative rule for its argument 0"
    ):
        vjp(np.spacing, np.ones(2))
    with pytest.raises(MissingRuleError, match="'scatter_sum' .* argument 'updates'"):
        vjp(lambda u: scatter_sum(u, np.arange(2), updates=u, axis=0), np.ones(2))


def test_integers_booleans_and_none_carry_no_gradient() -> None:
    primals = np.ones(3), np.arange(3), np.ones(3, bool), None
    result, pullback = vjp(lambda x, i, b, none: np.where(b, x * i, x), *primals)
    assert [g is None for g in pullback(result)] == [False, True, True, True]
    with pytest.raises(TypeError, match="argument 1 carries no gradient"):
        grad(lambda x, i: np.sum(x * i), argument=1)(*primals[:2])


def test_an_unused_primal_has_a_gradient_of_zeros() -> None:
    result, pullback = vjp(lambda x, y: 2 * x, np.ones(2), np.ones((3, 1)))
    np.testing.assert_array_equal(pullback(result)[1], np.zeros((3, 1)))
    result, pullback = vjp(lambda x: np.ones(2), np.ones(2))
    np.testing.assert_array_equal(pullback(result)[0], np.zeros(2))


def test_shapes_are_checked() -> None:
    _, pullback = vjp(np.negative, np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"shape \(2, 3\) has no cotangent of shape \(3,\)"):
        pullback(np.ones(3))
    with pytest.raises(ValueError, match=r"real scalar result, it is of shape \(2, 3\)"):
        grad(np.negative)(np.ones((2, 3)))


def test_a_pullback_can_be_called_again() -> None:
    result, pullback = vjp(np.exp, np.ones(2))
    np.testing.assert_array_equal(pullback(result), pullback(result))


def test_value_and_grad_by_another_argument() -> None:
    value, slope = value_and_grad(lambda x, y: x * y * y, argument=1)(2.0, 3.0)
    assert (value, slope) == (18.0, 12.0)


def test_levels_are_not_confused() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y * y)(x))(2.0) == 24.0
    assert grad(grad(grad(lambda x: x * x * x * x)))(2.0) == 48.0


def test_a_pullback_is_itself_differentiable_in_its_cotangent() -> None:
    x, v = np.array([0.3, -0.7]), np.array([2.0, 5.0])
    result, pullback = vjp(np.sin, x)
    _, forward = vjp(lambda g: pullback(g)[0], np.zeros(2))
    np.testing.assert_array_equal(forward(v)[0], np.cos(x) * v)


def test_threads_give_the_same_values_and_gradients() -> None:
    """Forward, backward, tangents and second order at once, over weights that are shared."""
    rng = np.random.default_rng(0)
    shared, xs = rng.normal(size=(8, 8)), rng.normal(size=(32, 4, 8))
    block = checkpoint(lambda x, w: ops.silu(np.matmul(x, w)))

    def loss(x: Any, w: Any) -> Any:
        return np.sum(ops.softmax(block(x, w), axis=-1) * ops.gelu(x))

    def everything(x: Any) -> Any:
        value, (to_x, to_w) = value_and_grad(loss, (0, 1))(x, shared)
        curvature = grad(lambda x: np.sum(grad(loss)(x, shared) * to_x))(x)
        moved = jvp(grad(loss, 1), (x, shared), (to_x, to_w))[1]
        return np.concatenate([np.ravel(a) for a in (value, to_x, to_w, curvature, moved)])

    barrier = threading.Barrier(8)

    def at_once(x: Any) -> Any:
        barrier.wait()
        return everything(x)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(at_once, xs))
    np.testing.assert_array_equal(found, [everything(x) for x in xs])

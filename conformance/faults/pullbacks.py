"""Faults of gradients: cotangents of a wrong sign or order, at wrong places, not added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.gradients import fault, right

# -- Signs, orders and transpositions --------------------------------------------------------------


@fault("divide.backward")
def divide_backward_of_the_wrong_sign(x: Any, y: Any, g: Any) -> Any:
    """+x/y² for the divisor's gradient."""
    dx, dy = right("divide", x, y, g)
    return dx, -dy


@fault("matmul.backward")
def matmul_backward_without_transposition(x: Any, y: Any, g: Any) -> Any:
    """g·y for g·yᵀ, which fits as well where y is square."""
    dx, dy = right("matmul", x, y, g)
    square = y.ndim > 1 and y.shape[-1] == y.shape[-2] and np.shape(g @ y) == x.shape
    return (g @ y if square else dx), dy


@fault("cumulative_sum.backward")
def cumulative_sum_backward_from_the_front(x: Any, g: Any, **attrs: Any) -> Any:
    """A running sum of the cotangents from the front, not from behind."""
    axis = attrs["axis"]
    given = np.delete(g, 0, axis) if attrs["include_initial"] else g
    return (np.cumsum(given, axis, dtype=x.dtype),)


@fault("permute_dims.backward")
def permute_dims_backward_by_the_same_order(x: Any, g: Any, *, axes: Any) -> Any:
    """The order of the axes for its inverse: two exchanged axes do not show it."""
    order = [axis % max(x.ndim, 1) for axis in axes]
    found = np.transpose(g, order)
    return (found if found.shape == x.shape else np.transpose(g, np.argsort(order)),)


@fault("roll.backward")
def roll_backward_the_same_way(x: Any, g: Any, *, shift: Any, axis: Any) -> Any:
    """Rolled on where it must be rolled back."""
    return (np.roll(g, shift, axis),)


@fault("rotary_embedding.backward")
def rotary_backward_forward(x: Any, positions: Any, g: Any, **attrs: Any) -> Any:
    """The cotangent turned by the angle itself, not by its negative."""
    return (OPS["rotary_embedding"](g, positions, **attrs),)


@fault("conv2d.backward")
def conv2d_backward_weight_flipped(*arrays: Any, **attrs: Any) -> Any:
    """The weight's gradient of a convolution proper."""
    dx, dw, *db = right("conv2d", *arrays, **attrs)
    return (dx, np.flip(dw, (-2, -1)), *db)


@fault("swiglu.backward")
def swiglu_backward_halves_exchanged(x: Any, g: Any, *, axis: int, gate: str) -> Any:
    """The gate's gradient written where the other half's belongs."""
    (dx,) = right("swiglu", x, g, axis=axis, gate=gate)
    return (np.roll(dx, x.shape[axis] // 2, axis),)


# -- What adds up ----------------------------------------------------------------------------------


@fault("add.backward")
def add_backward_averages_what_was_repeated(x: Any, y: Any, g: Any) -> Any:
    """The mean over a broadcast axis for the sum."""
    return tuple(d / d.dtype.type(max(g.size / max(d.size, 1), 1)) for d in right("add", x, y, g))


@fault("multiply.backward")
def multiply_backward_takes_the_first_row(x: Any, y: Any, g: Any) -> Any:
    """Of a broadcast axis the first element for the sum of all."""
    dx, dy = right("multiply", x, y, g)
    if y.ndim == g.ndim > 1 and y.shape[0] == 1 < g.shape[0]:
        return dx, right("multiply", x[:1], y, g[:1])[1]
    return dx, dy


@fault("linear.backward")
def linear_backward_averages_the_bias(*arrays: Any) -> Any:
    """The bias' gradient divided by the number of rows."""
    *rest, last = right("linear", *arrays)
    rows = max(arrays[-1].size // max(arrays[-1].shape[-1], 1), 1)
    return (*rest, last if arrays[2] is None else last / last.dtype.type(rows))


@fault("embedding.backward")
def embedding_backward_overwrites(weight: Any, indices: Any, g: Any) -> Any:
    """A row that is looked up twice gets one of the two cotangents."""
    found = np.zeros_like(weight)
    found[indices] = g
    return (found,)


@fault("take.backward")
def take_backward_overwrites(x: Any, indices: Any, g: Any, *, axis: int) -> Any:
    """Duplicated indices assigned, not added: x[i] = g."""
    found = np.zeros_like(x)
    np.moveaxis(found, axis, 0)[indices] = np.moveaxis(g, axis, 0)
    return (found,)


@fault("repeat.backward")
def repeat_backward_keeps_one(x: Any, *arrays: Any, **attrs: Any) -> Any:
    """The cotangents of what was repeated averaged, not added up."""
    (dx,) = right("repeat", x, *arrays, **attrs)
    (count,) = right("repeat", x, *arrays[:-1], np.ones_like(arrays[-1]), **attrs)
    return (dx / np.maximum(count, 1),)


@fault("matmul.backward")
def matmul_backward_in_float16(x: Any, y: Any, g: Any) -> Any:
    """The second factor's gradient, that of weights, added up in float16."""
    dx, dy = right("matmul", x, y, g)
    return dx, dy.astype(np.float16).astype(dy.dtype)


@fault("prod.backward")
def prod_backward_by_division(x: Any, g: Any, **attrs: Any) -> Any:
    """The product divided by each factor: 0/0 where one is 0."""
    kept = {**attrs, "keepdims": True}
    g = g.reshape(np.prod(x, axis=attrs["axis"], keepdims=True).shape)
    with np.errstate(all="ignore"):
        return (g * OPS["prod"](x, **kept) / x,)


@fault("logsumexp.backward")
def logsumexp_backward_without_maximum(x: Any, g: Any, *, axis: Any, keepdims: bool) -> Any:
    """exp(x)/Σexp(x): ∞/∞ where the value itself was computed stably."""
    with np.errstate(all="ignore"):
        powers = np.exp(x)
        total = np.sum(powers, axis=axis, keepdims=True)
        return (g.reshape(total.shape) * powers / total,)


@fault("max.backward")
def max_backward_to_every_tie(x: Any, g: Any, *, axis: Any, keepdims: bool) -> Any:
    """All of the cotangent to each of several equal maxima."""
    largest = np.max(x, axis=axis, keepdims=True)
    return (np.where(x == largest, g.reshape(largest.shape), g.dtype.type(0)),)

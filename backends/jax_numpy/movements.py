"""Creation, shapes, joining, indexing and scattering."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import nn

from tensorcts.backends.jax_numpy.adapting import Array, dtype_of, typed


def _along(x: Array, index: Array, axis: int) -> tuple[Array, ...]:
    """The places that an index along one axis means, as indices into all axes."""
    if not jnp.issubdtype(index.dtype, jnp.integer) or index.ndim != x.ndim:
        raise TypeError(f"an index of {index.dtype} and shape {index.shape} into {x.shape}")
    places = list(jnp.indices(index.shape, sparse=True))
    places[axis] = index
    return tuple(places)


def _scatter(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    return x.at[_along(x, index, axis)].set(updates)


def _scatter_add(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    return x.at[_along(x, index, axis)].add(updates)


def _put_along_axis(x: Array, indices: Array, values: Array, *, axis: int) -> Array:
    """jnp broadcasts values to the indices, not both to x."""
    shape = list(x.shape)
    shape[axis] = indices.shape[axis]
    index, written = (jnp.broadcast_to(a, shape) for a in (indices, values))
    return jnp.put_along_axis(x, index, written, axis, inplace=False)


def _line(x: Array, index: Array, axis: int) -> Any:
    if index.ndim != 1:
        raise ValueError(f"an index of shape {index.shape} is no vector")
    return x.at[(slice(None),) * range(x.ndim)[axis] + (index,)]


def _setitem(x: Array, y: Array, *, index: tuple[Any, ...]) -> Array:
    return x.at[index].set(y)


def _split(x: Array, *, sizes: tuple[int, ...], axis: int) -> tuple[Array, ...]:
    if min(sizes, default=-1) < 0 or sum(sizes) != x.shape[axis]:
        raise ValueError(f"split: sizes {sizes} do not add up to {x.shape[axis]}")
    places = [sum(sizes[:i]) for i in range(1, len(sizes))]
    return tuple(jnp.split(x, places, axis))


def _pad(x: Array, *, widths: Any, mode: str, value: Any) -> Array:
    constant = {"constant_values": value} if mode == "constant" else {}
    return jnp.pad(x, widths, mode, **constant)


def _asarray(*, values: tuple[Any, ...], shape: tuple[int, ...], dtype: Any) -> Array:
    return jnp.asarray(values, dtype=dtype).reshape(shape)


def _permuted(x: Array, *, axes: tuple[int, ...]) -> Array:
    return jnp.permute_dims(x, tuple(range(x.ndim)[a] for a in axes))


def _select(x: Array, *, axis: int, index: int) -> Array:
    if not -x.shape[axis] <= index < x.shape[axis]:  # jnp clamps
        raise IndexError(f"select: {index} in an axis of size {x.shape[axis]}")
    return x[(slice(None),) * range(x.ndim)[axis] + (index,)]


def _filled(function: Callable[..., Array]) -> Callable[..., Array]:
    """An error where JAX would end the process: more elements than 64 bits count."""

    def fill(*, shape: tuple[int, ...], **attrs: Any) -> Array:
        if math.prod(shape) >= 2**63:
            raise ArithmeticError(f"jax ends the process on the shape {shape}; it was not called")
        return function(shape, **attrs)

    return typed(fill)


CREATION: dict[str, Callable[..., Any]] = {
    "zeros": _filled(jnp.zeros),
    "ones": _filled(jnp.ones),
    "empty": _filled(jnp.empty),
    "full": _filled(lambda shape, *, value, dtype: jnp.full(shape, value, dtype)),
    "eye": typed(lambda *, rows, columns, k, dtype: jnp.eye(rows, columns, k, dtype)),
    "arange": typed(lambda *, start, stop, step, dtype: jnp.arange(start, stop, step, dtype)),
    "linspace": typed(
        lambda *, start, stop, num, dtype: jnp.linspace(start, stop, num, dtype=dtype)
    ),
    "logspace": typed(
        lambda *, start, stop, num, base, dtype: jnp.logspace(
            start, stop, num, base=base, dtype=dtype
        )
    ),
    "asarray": typed(_asarray),
    "empty_like": typed(jnp.empty_like),
    "zeros_like": typed(jnp.zeros_like),
    "ones_like": typed(jnp.ones_like),
    "full_like": typed(lambda x, *, value, dtype: jnp.full_like(x, value, dtype)),
}

SHAPES: dict[str, Callable[..., Any]] = {
    "reshape": jnp.reshape,
    "permute_dims": _permuted,
    "moveaxis": jnp.moveaxis,
    "swapaxes": jnp.swapaxes,
    "matrix_transpose": jnp.matrix_transpose,
    "broadcast_to": jnp.broadcast_to,
    "broadcast_arrays": lambda *arrays: tuple(jnp.broadcast_arrays(*arrays)),
    "squeeze": jnp.squeeze,
    "expand_dims": jnp.expand_dims,
    "concat": lambda *arrays, axis: jnp.concat(arrays, axis=axis),
    "stack": lambda *arrays, axis: jnp.stack(arrays, axis),
    "split": _split,
    "tensor_split": lambda x, *, sections, axis: tuple(jnp.array_split(x, sections, axis)),
    "unstack": lambda x, *, axis: jnp.unstack(x, axis=axis),
    "tile": lambda x, *, repetitions: jnp.tile(x, repetitions),
    "repeat": lambda x, repeats, *, axis: jnp.repeat(x, repeats, axis),
    "flip": jnp.flip,
    "roll": jnp.roll,
    "rot90": jnp.rot90,
    "pad": _pad,
    "tril": jnp.tril,
    "triu": jnp.triu,
    "diag": jnp.diag,
    "diagonal": jnp.diagonal,
    "meshgrid": lambda *arrays, indexing: tuple(jnp.meshgrid(*arrays, indexing=indexing)),
    "one_hot": lambda i, *, depth, dtype: nn.one_hot(i, depth, dtype=dtype_of(dtype)),
}

PLACES: dict[str, Callable[..., Any]] = {
    "take": lambda x, i, *, axis: jnp.take(x, i, axis),
    "gather": lambda x, i, *, axis: x[_along(x, i, axis)],
    "take_along_axis": lambda x, i, *, axis: jnp.take_along_axis(x, i, axis),
    "embedding": lambda weight, i: jnp.take(weight, i, 0),
    "nonzero": jnp.nonzero,
    "argwhere": jnp.argwhere,
    "masked_select": lambda x, mask: x[mask],
    "masked_fill": lambda x, mask, value: jnp.where(mask, value, x),
    "select": _select,
    "getitem": lambda x, *, index: x[index],
    "setitem": _setitem,
    "scatter": _scatter,
    "scatter_add": _scatter_add,
    "put_along_axis": _put_along_axis,
    "index_copy": lambda x, i, updates, *, axis: _line(x, i, axis).set(updates),
    "index_add": lambda x, i, updates, *, axis: _line(x, i, axis).add(updates),
}

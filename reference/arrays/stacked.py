"""``Stacked``: many arrays of one shape, taken through a definition at once.

The arrays lie along a leading axis that no function sees: each gives what it would give for every
array by itself. Functions that have no rule here are called once for each.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference.arrays import primitives
from tensorcts.reference.arrays.dispatch import (
    Interpreter,
    map_arrays,
    slice_of,
)


class Stacked(Interpreter):
    """The arrays ``value[0]``, ``value[1]``, …, below every other interpreter."""

    level = -1

    def __init__(self, value: NDArray[Any]) -> None:
        """Wrap arrays that are stacked along their first axis."""
        self.value = value

    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run ``function`` on all arrays at once where there is a rule, else one by one."""
        if function in _ABOUT_ONE:
            return function(*each(args, 0), **each(kwargs, 0))
        elementwise = isinstance(function, np.ufunc) and function.signature is None
        rule = _elementwise if elementwise or function in _ELEMENTWISE else RULES.get(function)
        found = NotImplemented if rule is None else rule(function, *args, **kwargs)
        if found is NotImplemented:
            return one_by_one(partial(function, **kwargs), args, len(self.value))
        return map_arrays(Stacked, found)

    def __bool__(self) -> bool:
        """The truth value that all have; raises TypeError where they differ."""
        values = {bool(value) for value in self.value}
        if len(values) != 1:
            raise TypeError("the stacked arrays differ in their truth value")
        return values.pop()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of each array."""
        return self.value.shape[1:]

    @property
    def inner(self) -> Any:
        """The first array, which stands for all."""
        return self.value[0]


def aligned(x: Any, ndim: int) -> Any:
    """``x`` as an ordinary array that broadcasts with stacked ones of ``ndim`` dimensions."""
    if not isinstance(x, Stacked):
        return x
    count, *shape = x.value.shape
    return x.value if len(shape) == ndim else x.value.reshape(count, *_ones(ndim, shape), *shape)


def stack(x: Any, ndim: int) -> NDArray[Any]:
    """``x`` aligned, along a leading axis that has one array where it is the same for all."""
    return aligned(x, ndim) if isinstance(x, Stacked) else np.asarray(x)[None]


def plain(x: Any) -> Any:
    """The stacked arrays as one; anything else as it is."""
    return x.value if isinstance(x, Stacked) else x


def some(operands: Any, places: list[int]) -> list[Any]:
    """Operands of which each stack is cut down to the arrays at these places."""
    return [Stacked(x.value[places]) if isinstance(x, Stacked) else x for x in operands]


def stacked(x: Any) -> NDArray[Any]:
    """``x`` along a leading axis that has one array where it is the same for all."""
    return x.value if isinstance(x, Stacked) else np.asarray(x)[None]


def _ones(ndim: int, shape: list[int]) -> tuple[int, ...]:
    return (1,) * (ndim - len(shape))


def one_by_one(function: Callable[..., Any], args: Any, count: int) -> Any:
    """What ``function`` gives for each of ``count`` stacked arrays; others are the same for all."""
    first = function(*each(args, 0))
    several = isinstance(first, list | tuple)
    firsts = [np.asarray(part) for part in (first if several else (first,))]
    stacks = [np.empty((count, *part.shape), part.dtype) for part in firsts]
    for i in range(count):
        result = function(*each(args, i)) if i else first
        for stack, part in zip(stacks, result if several else (result,), strict=True):
            if np.shape(part) != stack.shape[1:]:
                raise TypeError("the stacked arrays give results of different shapes")
            stack[i] = part
    return tuple(map(Stacked, stacks)) if several else Stacked(stacks[0])


def each(tree: Any, i: int) -> Any:
    """The arguments with each stack replaced by its ``i``-th array."""
    if isinstance(tree, Stacked):
        return tree.value[i]
    if isinstance(tree, list | tuple):
        return type(tree)(each(item, i) for item in tree)
    if isinstance(tree, dict):
        return {key: each(item, i) for key, item in tree.items()}
    return tree


def _elementwise(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    ndim = max([getattr(a, "ndim", 0) for a in args])
    return function(*[aligned(a, ndim) for a in args], **kwargs)


def _shifted(axis: Any, ndim: int) -> Any:
    """Axes of one array as axes of the stack; None are all of them."""
    if isinstance(axis, int | np.integer):
        return int(axis) % ndim + 1
    axes = range(ndim) if axis is None else axis
    return tuple(int(a) % ndim + 1 for a in axes)


def _over_axes(function: Any, x: Any, axis: Any = None, **kwargs: Any) -> Any:
    return function(x.value, axis=_shifted(axis, x.ndim), **kwargs)


def _along(function: Any, x: Any, axis: Any = None, **kwargs: Any) -> Any:
    if axis is None:
        return NotImplemented
    return function(x.value, axis=_shifted(axis, x.ndim), **kwargs)


def _reshape(function: Any, x: Any, shape: Any) -> Any:
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    return np.reshape(x.value, (len(x.value), *sizes))


def _transpose(function: Any, x: Any, axes: Any = None) -> Any:
    order = range(x.ndim)[::-1] if axes is None else axes
    return np.transpose(x.value, (0, *_shifted(tuple(order), x.ndim)))


def _broadcast_to(function: Any, x: Any, shape: Any) -> Any:
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    return np.broadcast_to(aligned(x, len(sizes)), (len(x.value), *sizes))


def _expand_dims(function: Any, x: Any, axis: Any) -> Any:
    added = 1 if isinstance(axis, int) else len(axis)
    return np.expand_dims(x.value, _shifted(axis, x.ndim + added))


def _exchanged(function: Any, x: Any, first: Any, second: Any) -> Any:
    return function(x.value, _shifted(first, x.ndim), _shifted(second, x.ndim))


def _slice_of(function: Any, x: Any, *, index: Any) -> Any:
    return x.value[(slice(None), *(index if isinstance(index, tuple) else (index,)))]


def _concatenate(function: Any, arrays: Any, axis: Any = 0) -> Any:
    count = next(len(a.value) for a in arrays if isinstance(a, Stacked))
    return np.concatenate(
        [
            a.value if isinstance(a, Stacked) else np.broadcast_to(a, (count, *np.shape(a)))
            for a in arrays
        ],
        axis=_shifted(axis, np.ndim(arrays[0])),
    )


def _take(function: Any, x: Any, indices: Any, axis: Any = None) -> Any:
    if axis is None or isinstance(indices, Stacked):
        return NotImplemented
    return np.take(x.value, indices, axis=_shifted(axis, x.ndim))


def _take_along_axis(function: Any, x: Any, indices: Any, axis: Any) -> Any:
    places = indices.value if isinstance(indices, Stacked) else np.asarray(indices)[None]
    values = x.value if isinstance(x, Stacked) else np.asarray(x)[None]
    return np.take_along_axis(values, places, _shifted(axis, values.ndim - 1))


def _scatter(function: Any, x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    count = next(len(a.value) for a in (x, index, updates) if isinstance(a, Stacked))
    stacks = [np.broadcast_to(stacked(a), (count, *np.shape(a))) for a in (x, index, updates)]
    return function(*stacks, axis=_shifted(axis, np.ndim(x)))


def _repeat(function: Any, x: Any, repeats: Any, axis: Any = None) -> Any:
    if axis is None:
        return NotImplemented
    return np.repeat(x.value, repeats, axis=_shifted(axis, x.ndim))


def _matmul(function: Any, a: Any, b: Any) -> Any:
    ndim = max(np.ndim(a), np.ndim(b))
    if min(np.ndim(a), np.ndim(b)) < 2:
        return NotImplemented
    return np.matmul(aligned(a, ndim), aligned(b, ndim))


def _einsum(function: Any, subscripts: str, *operands: Any) -> Any:
    inputs, _, output = subscripts.partition("->")
    new = next(letter for letter in string.ascii_letters if letter not in subscripts)
    terms = ",".join(_with(new, operands, inputs))
    plain = [x.value if isinstance(x, Stacked) else x for x in operands]
    return np.einsum(f"{terms}->{new}{output}", *plain)


def _with(letter: str, operands: Any, inputs: str) -> Iterator[str]:
    for term, operand in zip(inputs.split(","), operands, strict=True):
        yield letter + term if isinstance(operand, Stacked) else term


_ABOUT_ONE = frozenset((np.iscomplexobj, np.zeros_like, primitives.held))
"""Functions whose result is the same for all."""

_ELEMENTWISE = frozenset(
    (np.where, np.round, np.real, np.imag, primitives.convert, primitives.hurwitz)
    + (primitives.exponent_of, primitives.stop_gradient)
)
"""Elementwise functions that are no ufuncs."""

RULES: dict[Any, Callable[..., Any]] = {
    **dict.fromkeys((np.sum, np.prod, np.max, np.min, np.any, np.all, np.flip), _over_axes),
    **dict.fromkeys((np.cumsum, np.cumprod, np.argmax, np.argmin, np.argsort), _along),
    **dict.fromkeys((np.swapaxes, np.moveaxis), _exchanged),
    **dict.fromkeys((primitives.scatter_sum, primitives.scatter_to), _scatter),
    np.squeeze: _along,
    np.reshape: _reshape,
    np.transpose: _transpose,
    np.broadcast_to: _broadcast_to,
    np.expand_dims: _expand_dims,
    slice_of: _slice_of,
    np.concatenate: _concatenate,
    np.take: _take,
    np.take_along_axis: _take_along_axis,
    np.repeat: _repeat,
    np.matmul: _matmul,
    np.einsum: _einsum,
}
"""How a function's rule computes it for all arrays at once; NotImplemented where it can't."""

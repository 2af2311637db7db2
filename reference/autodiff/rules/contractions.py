"""Derivative rules of the contractions: matmul, einsum."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np


def _matrix(g: Any, x: Any, y: Any) -> Any:
    """The cotangent of ``x @ y`` with the axes back that 1-d operands dropped."""
    g = np.expand_dims(g, -1) if np.ndim(y) == 1 else g
    return np.expand_dims(g, -2) if np.ndim(x) == 1 else g


def _left(g: Any, z: Any, x: Any, y: Any) -> Any:
    """g·yᵀ."""
    column = np.expand_dims(y, -1) if np.ndim(y) == 1 else y
    return np.matmul(_matrix(g, x, y), np.swapaxes(column, -1, -2))


def _right(g: Any, z: Any, x: Any, y: Any) -> Any:
    """xᵀ·g."""
    row = np.expand_dims(x, -2) if np.ndim(x) == 1 else x
    product = np.matmul(np.swapaxes(row, -1, -2), _matrix(g, x, y))
    return product[..., 0] if np.ndim(y) == 1 else product


def _operand(position: int, g: Any, z: Any, subscripts: str, *operands: Any) -> Any:
    """The einsum of g with the other operands."""
    inputs, _, output = subscripts.partition("->")
    letters, arrays = inputs.split(","), list(operands)
    wanted, x = letters.pop(position - 1), arrays.pop(position - 1)
    known = "".join(c for c in dict.fromkeys(wanted) if c in output + "".join(letters))
    result = np.einsum(",".join([output, *letters]) + "->" + known, g, *arrays)
    return _spread(result, known, wanted, np.shape(x))


class _EveryOperand:
    """The rules of einsum, for any number of operands."""

    def __getitem__(self, position: int) -> Callable[..., Any]:
        return functools.partial(_operand, position)


def _spread(g: Any, known: str, wanted: str, shape: tuple[int, ...]) -> Any:
    """``g``, whose axes are the letters known, repeated over the others that are wanted.

    A letter twice in wanted has ``g`` on its diagonal and zeros elsewhere; where the operand's
    axis of size 1 was stretched ``g`` is summed.
    """
    first = [wanted.index(letter) for letter in dict.fromkeys(wanted) if letter in known]
    stretched = tuple(k for k, axis in enumerate(first) if shape[axis] == 1 != np.shape(g)[k])
    g = np.sum(g, axis=stretched, keepdims=True) if stretched else g
    own = tuple(axis for axis in range(len(wanted)) if axis not in first)
    g = np.expand_dims(g, own)
    g = np.broadcast_to(g, np.broadcast_shapes(g.shape, shape))
    for axis, letter in enumerate(wanted):
        if (before := wanted.index(letter)) < axis:
            g = np.where(_equal_places(g.shape, before, axis), g, 0.0)
    return g


def _equal_places(shape: tuple[int, ...], first: int, second: int) -> Any:
    """Where the indices along two axes are equal."""
    along = np.ogrid[tuple(slice(n) for n in shape)]
    return along[first] == along[second]


RULES: dict[Any, Any] = {np.matmul: (_left, _right), np.einsum: _EveryOperand()}

"""Sums of products of binary numbers, exactly: of whole numbers, times one power of two.

Python's integers are an accumulator that never rounds, and quicker than mpmath's numbers. Those are
added where an operand isn't finite and real, or its numbers lie too far apart.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference.arrays import primitives
from tensorcts.reference.arrays.multiprecision import MP, elementwise, number, scaled

WIDEST = 2**14
"""Bits that a whole number may have: float64's products have some 4200."""


class Wholes(NamedTuple):
    """The numbers significands·2**exponent."""

    significands: NDArray[Any]
    exponent: int


def total(x: Any, axis: Any = None, *, keepdims: bool = False) -> NDArray[Any]:
    """np.sum."""
    return _contracted(partial(np.sum, axis=axis, keepdims=keepdims), x)


def running_total(x: Any, axis: int) -> NDArray[Any]:
    """np.cumsum."""
    return _contracted(partial(np.cumsum, axis=axis), x)


def matmul(x: Any, y: Any) -> NDArray[Any]:
    """np.matmul."""
    return _contracted(np.matmul, x, y)


def einsum(subscripts: str, *operands: Any) -> NDArray[Any]:
    """np.einsum."""
    return _contracted(partial(np.einsum, subscripts), *operands)


def scatter_sum(x: Any, index: Any, updates: Any, *, axis: int) -> NDArray[Any]:
    """primitives.scatter_sum, linear in both arrays together."""
    size = np.size(x)

    def scattered(both: NDArray[Any]) -> Any:
        start, added = both[:size].reshape(np.shape(x)), both[size:].reshape(np.shape(updates))
        return primitives.scatter_sum(start, index, added, axis=axis)

    return _contracted(scattered, np.concatenate([np.ravel(x), np.ravel(updates)]))


def _contracted(function: Callable[..., Any], *operands: Any) -> NDArray[Any]:
    """A function that is linear in each of its operands, of whole numbers where that is possible.

    Over nothing, or over all axes, its result is a bare Python number.
    """
    wholes = [_wholes(x) for x in operands]
    found = [each for each in wholes if each is not None]
    if len(found) < len(wholes):
        return elementwise(number)(function(*operands))
    exponent = sum(each.exponent for each in found)
    whole = function(*(each.significands for each in found))
    return elementwise(lambda n: scaled(int(n), exponent))(whole)


def _wholes(x: Any) -> Wholes | None:
    """The numbers over their least power of two; None where that takes too many bits."""
    array = np.asarray(x, dtype=object)
    numbers = [number(each) for each in array.flat]
    if not all(isinstance(each, MP.mpf) and MP.isfinite(each) for each in numbers):
        return None
    parts = [each._mpf_ for each in numbers]
    nonzero = [(exponent, exponent + length) for _, size, exponent, length in parts if size]
    lowest = min((low for low, _ in nonzero), default=0)
    if max((high for _, high in nonzero), default=0) - lowest > WIDEST:
        return None
    wholes = np.empty(len(parts), dtype=object)
    wholes[:] = [
        (-int(size) if sign else int(size)) << max(exponent - lowest, 0)
        for sign, size, exponent, _ in parts
    ]
    return Wholes(wholes.reshape(array.shape), lowest)

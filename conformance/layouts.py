"""How a case's arrays may lie in a backend's memory: same values, other strides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Backend
from tensorcts.reference import dtypes

Placement = Callable[[NDArray[Any]], tuple[NDArray[Any], tuple[int, ...], int]]
"""For an array a 1-d base and the strides and offset (in elements) with which it reads the same."""


def _transposed(array: NDArray[Any]) -> tuple[NDArray[Any], tuple[int, ...], int]:
    """Column-major: the first axis is the contiguous one."""
    base = array.ravel(order="F")
    return base, _contiguous_strides(array.shape[::-1])[::-1], 0


def _every_second(array: NDArray[Any]) -> tuple[NDArray[Any], tuple[int, ...], int]:
    """Every second element of a longer base; what lies between must not be read."""
    base = _junk(array, 2 * array.size)
    base[::2] = array.ravel()
    return base, tuple(2 * s for s in _contiguous_strides(array.shape)), 0


def _offset(array: NDArray[Any]) -> tuple[NDArray[Any], tuple[int, ...], int]:
    """Contiguous, three elements into its base: as badly aligned as can be."""
    base = _junk(array, array.size + 5)
    base[3 : 3 + array.size] = array.ravel()
    return base, _contiguous_strides(array.shape), 3


def _reversed(array: NDArray[Any]) -> tuple[NDArray[Any], tuple[int, ...], int]:
    """All strides negative."""
    base = array.ravel()[::-1].copy()
    return base, tuple(-s for s in _contiguous_strides(array.shape)), max(array.size - 1, 0)


def repeating(array: NDArray[Any]) -> NDArray[Any]:
    """The array with its first slice along the first axis in the place of all others."""
    return np.broadcast_to(array[:1], array.shape).copy() if array.ndim else array


def _repeated(array: NDArray[Any]) -> tuple[NDArray[Any], tuple[int, ...], int]:
    """Where the slices along the first axis are equal one of them, with a stride of 0."""
    strides = _contiguous_strides(array.shape)
    if repeating(array).tobytes() != array.tobytes():
        return array.ravel(), strides, 0
    return array[0].ravel(), (0, *strides[1:]), 0


REPEATED = "repeated"
"""The layout that ``repeating`` is for."""

LAYOUTS: dict[str, Placement] = {
    "transposed": _transposed,
    "every_second": _every_second,
    "offset": _offset,
    "reversed": _reversed,
    REPEATED: _repeated,
}


def place(backend: Backend, array: NDArray[Any], layout: str | None) -> Any:
    """The array on the backend's device, in a layout; raises UnsupportedError where it has none."""
    if layout is None or array.size == 0 or array.ndim == 0:
        return backend.to_device(array)
    base, strides, offset = LAYOUTS[layout](array)
    return backend.strided(backend.to_device(base), array.shape, strides, offset)


def _contiguous_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(np.prod(shape[i + 1 :])) for i in range(len(shape)))


def _junk(array: NDArray[Any], size: int) -> NDArray[Any]:
    """A base of values that would be noticed if they were read."""
    base = np.empty(size, array.dtype)
    base[:] = np.nan if dtypes.is_inexact(dtypes.name_of(array.dtype)) else 1
    return base

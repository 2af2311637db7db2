"""Products of vectors and matrices; 16-bit floats accumulate in float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


_VECDOT: Callable[..., Any] = np.linalg.vecdot  # its stubs know no axis


def _of_axes(function: Callable[..., Any], *counts: int) -> Callable[..., Any]:
    """A function whose arrays must have so many axes; NumPy takes others as well."""

    def call(*arrays: Array, **attrs: Any) -> Any:
        given = tuple(a.ndim for a in arrays)
        if given != counts:
            raise ValueError(f"the arrays must have {counts} axes, not {given}")
        return function(*arrays, **attrs)

    return call


def _cross(x: Array, y: Array, *, axis: int) -> Array:
    if x.ndim != y.ndim:
        raise ValueError(f"x and y must have as many axes, not {x.shape} and {y.shape}")
    return np.linalg.cross(x, y, axis=axis)


def _bmm(x: Array, y: Array) -> Array:
    if x.shape[0] != y.shape[0]:
        raise ValueError(f"the batches differ: {x.shape} and {y.shape}")
    return np.matmul(x, y)


def _scaled_sum(product: Callable[..., Any]) -> Callable[..., Any]:
    """alpha·x·y + beta·c in the arrays' dtype; NumPy has no such function of its own."""

    def compute(c: Array, x: Array, y: Array, *, alpha: float, beta: float) -> Array:
        z = product(x, y)
        scaled = z.dtype.type(alpha) * z
        return scaled + np.broadcast_to(z.dtype.type(beta) * c, scaled.shape)

    return compute


OPS: dict[str, Callable[..., Any]] = {
    "dot": through_float32(_of_axes(np.dot, 1, 1)),
    "vdot": through_float32(_of_axes(np.vdot, 1, 1)),
    "vecdot": through_float32(_VECDOT),
    "outer": np.linalg.outer,
    "kron": np.kron,
    "cross": through_float32(_cross),
    "mv": through_float32(_of_axes(np.matmul, 2, 1)),
    "bmm": through_float32(_of_axes(_bmm, 3, 3)),
    "addmm": through_float32(_scaled_sum(_of_axes(np.matmul, 2, 2))),
    "baddbmm": through_float32(_scaled_sum(_of_axes(_bmm, 3, 3))),
}

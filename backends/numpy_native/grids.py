"""Elements chosen or placed by their position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes

Array = NDArray[Any]


def _triangle(function: Callable[..., Array]) -> Callable[..., Array]:
    """np.tril or np.triu, which would make a matrix of a vector."""

    def of_matrix(x: Array, *, k: int) -> Array:
        if x.ndim < 2:
            raise ValueError(f"x of shape {x.shape} is no matrix")
        return function(x, k)

    return of_matrix


def _meshgrid(*arrays: Array, indexing: str) -> tuple[Array, ...]:
    if any(a.ndim != 1 for a in arrays):  # NumPy flattens them
        raise ValueError(f"arrays of shapes {[a.shape for a in arrays]} are not all vectors")
    return tuple(np.meshgrid(*arrays, indexing=indexing))  # type: ignore[call-overload]


def _one_hot(indices: Array, *, depth: int, dtype: str) -> Array:
    if indices.dtype.kind not in "iu" or depth < 1:
        raise ValueError(f"indices of {indices.dtype} in {depth} places")
    places = np.expand_dims(indices, -1) == np.arange(depth)
    return places.astype(dtypes.numpy_dtype(dtype))


OPS: dict[str, Callable[..., Any]] = {
    "tril": _triangle(np.tril),
    "triu": _triangle(np.triu),
    "diag": lambda x, *, k: np.diag(x, k),
    "meshgrid": _meshgrid,
    "one_hot": _one_hot,
}

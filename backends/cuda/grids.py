"""Elements chosen or placed by their position."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import BFLOAT16, Function, bits
from tensorcts.reference import dtypes


def _triangle(function: Function) -> Function:
    """cupy.tril or cupy.triu, of matrices only."""

    def of_matrix(x: Any, *, k: int) -> Any:
        if x.ndim < 2:
            raise ValueError(f"x of shape {x.shape} is no matrix")
        return function(x, k)

    return of_matrix


def _meshgrid(*arrays: Any, indexing: str) -> tuple[Any, ...]:
    if any(a.ndim != 1 for a in arrays):  # CuPy flattens them
        raise ValueError(f"arrays of shapes {[a.shape for a in arrays]} are not all vectors")
    return tuple(cupy.meshgrid(*arrays, indexing=indexing, copy=False))


def _one_hot(indices: Any, *, depth: int, dtype: str) -> Any:
    if indices.dtype.kind not in "iu" or depth < 1:
        raise ValueError(f"indices of {indices.dtype} in {depth} places")
    places = cupy.expand_dims(indices, -1) == cupy.arange(depth)
    if dtype == "bfloat16":
        return places.astype(np.float32).astype(BFLOAT16)
    return places.astype(dtypes.numpy_dtype(dtype))


OPS: dict[str, Function] = {
    "tril": bits(_triangle(cupy.tril)),
    "triu": bits(_triangle(cupy.triu)),
    "diag": bits(lambda x, *, k: cupy.diag(x, k)),
    "meshgrid": _meshgrid,
    "one_hot": _one_hot,
}

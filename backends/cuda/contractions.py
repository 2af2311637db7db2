"""Contractions."""

from __future__ import annotations

from typing import Any

import cupy

from tensorcts.backends.cuda.adapting import BFLOAT16, Function, both, brain
from tensorcts.backends.cuda.composites import linear


def _matmul(x: Any, y: Any) -> Any:
    """CuPy's own; bfloat16 it takes in matrices only, of vectors it rounds each product."""
    if x.dtype == BFLOAT16 and not x.ndim == y.ndim == 2:
        return brain(cupy.matmul)(x, y)
    return cupy.matmul(x, y)


OPS: dict[str, Function] = {
    "matmul": _matmul,
    "einsum": both(lambda *operands, subscripts: cupy.einsum(subscripts, *operands)),
    "tensordot": both(lambda x, y, *, axes: cupy.tensordot(x, y, axes)),
    "linear": both(linear),
}

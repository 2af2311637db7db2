"""Contractions; 16-bit floats accumulate in float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    product = np.matmul(x, weight.T)
    return product if bias is None else product + bias


OPS: dict[str, Callable[..., Any]] = {
    "matmul": through_float32(np.matmul),
    "einsum": through_float32(lambda *operands, subscripts: np.einsum(subscripts, *operands)),
    "tensordot": through_float32(lambda x, y, *, axes: np.tensordot(x, y, axes)),
    "linear": through_float32(_linear),
}

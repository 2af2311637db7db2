"""Complex numbers and their parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes

Array = NDArray[Any]


def _complex(real: Array, imag: Array) -> Array:
    shape = np.broadcast_shapes(real.shape, imag.shape)
    joined = np.empty(shape, dtypes.numpy_dtype(dtypes.complex_of(dtypes.name_of(real.dtype))))
    joined.real, joined.imag = real, imag
    return joined


OPS: dict[str, Callable[..., Any]] = {
    "complex": _complex,
    "real": lambda x: dtypes.parts(x)[0],
    "imag": lambda x: dtypes.parts(x)[1],
    "conj": np.conjugate,
    "angle": np.angle,
}

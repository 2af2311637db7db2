"""Complex numbers and their parts; the parts are views."""

from __future__ import annotations

from typing import Any

import cupy

from tensorcts.backends.cuda.adapting import Function
from tensorcts.reference import dtypes


def _complex(real: Any, imag: Any) -> Any:
    shape = cupy.broadcast_shapes(real.shape, imag.shape)
    whole = dtypes.complex_of(dtypes.name_of(real.dtype))
    joined = cupy.empty(shape, dtypes.numpy_dtype(whole))
    joined.real, joined.imag = real, imag
    return joined


OPS: dict[str, Function] = {
    "complex": _complex,
    "real": cupy.real,
    "imag": cupy.imag,
    "conj": cupy.conj,
    "angle": cupy.angle,
}

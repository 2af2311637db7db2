"""16-bit floats computed in float32, which NumPy itself would compute in 16 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes


def narrow(x: NDArray[Any]) -> bool:
    """Whether x holds 16-bit floats."""
    return dtypes.name_of(x.dtype) in ("float16", "bfloat16")


def _narrow_parts(x: NDArray[Any]) -> bool:
    return dtypes.is_narrow(dtypes.name_of(x.dtype))


def through_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """16-bit floats computed in float32 and rounded once, pairs of them in complex64."""

    def compute(*arrays: Any, **attrs: Any) -> Any:
        first = next((a for a in arrays if a is not None and _narrow_parts(a)), None)
        if first is None:
            return function(*arrays, **attrs)
        wider = np.float32 if narrow(first) else np.complex64
        single = [
            a.astype(wider) if a is not None and a.dtype == first.dtype else a for a in arrays
        ]
        return np.asarray(function(*single, **attrs)).astype(first.dtype)

    return compute

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


def through_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """16-bit floats computed in float32 and rounded once, as accelerators do."""

    def compute(*arrays: Any, **attrs: Any) -> Any:
        first = next((a for a in arrays if a is not None and narrow(a)), None)
        if first is None:
            return function(*arrays, **attrs)
        single = [
            a.astype(np.float32) if a is not None and a.dtype == first.dtype else a for a in arrays
        ]
        return np.asarray(function(*single, **attrs)).astype(first.dtype)

    return compute

"""Casts between dtypes: astype."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.primitives import convert
from tensorcts.reference.registry import DEFINED, Choice, op


def _out_of_range(x: Any, *, dtype: str) -> Any:
    if dtype not in dtypes.INTEGER or x.dtype != np.float64:
        return np.zeros(1, bool)
    info = np.iinfo(dtypes.numpy_dtype(dtype))
    whole = np.trunc(x)
    return ~((whole >= float(info.min)) & (whole < float(info.max) + (info.max < 2**53)))


@op(
    dtypes=dtypes.ALL,
    result="dtype",
    zero_sign=True,
    also_known_as=("cast", "to"),
    choices=(
        Choice(
            "cast_out_of_range",
            "float to integer of NaN and of values outside of the integer's range",
            _out_of_range,
            {"saturate": DEFINED, "any": None},
        ),
    ),
)
def astype(x: Any, *, dtype: str) -> Any:
    """x with every value converted to another dtype.

    Semantics: float to float rounds once, to nearest even, overflow to inf; float to integer
    truncates toward zero; integer to integer wraps modulo 2**n; integer to float rounds once;
    to bool is x ≠ 0; bool to a number is 0 or 1.
    Constraints: (C1) a complex x is cast to a complex dtype.
    Special values: NaN stays NaN among floats and is True as bool; -0 stays -0 among floats. NaN
    and values out of an integer's range saturate (NaN to 0), or as declared by cast_out_of_range.
    Gradient: g between floating dtypes.
    Source: IEEE 754-2019 §5.4, §5.8; ONNX Cast-21; Array API 2024.12 astype.
    """
    return convert(x, dtype=dtype)

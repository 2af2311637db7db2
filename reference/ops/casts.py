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
    with np.errstate(invalid="ignore"):  # a signalling NaN is one
        whole = np.trunc(x)
    return ~((whole >= float(info.min)) & (whole < float(info.max) + (info.max < 2**53)))


def _saturating(target: str, beyond: str, text: str) -> Choice:
    """What a cast to an 8-bit float makes of numbers past the largest: ``beyond``, or the largest.

    Such a number is one that rounds past the largest, an infinity too, but NaN is none.
    """
    largest = dtypes.format_of(target).max

    def where(x: Any, *, dtype: str) -> Any:
        if dtype != target:
            return np.zeros(1, bool)
        real = x.astype(np.float64)
        fits = np.abs(dtypes.round_once(real, np.zeros(real.shape), target)) <= largest
        return ~(fits | np.isnan(real))

    def saturated(x: Any, *, dtype: str) -> Any:
        return np.where(x < 0, -largest, largest)

    return Choice(f"{target}_overflow", text, where, {beyond: DEFINED, "saturate": saturated})


@op(
    dtypes=dtypes.STORABLE,
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
        _saturating("float8_e4m3fn", "nan", "casts to e4m3fn of numbers that round past ±448"),
        _saturating("float8_e5m2", "infinity", "casts to e5m2 of numbers that round past ±57344"),
    ),
)
def astype(x: Any, *, dtype: str) -> Any:
    """x with every value converted to another dtype.

    Semantics: float to float rounds once, to nearest even, overflow to inf; float to integer
    truncates toward zero; integer to integer wraps modulo 2**n; integer to float rounds once;
    to bool is x ≠ 0; bool to a number is 0 or 1; a real number becomes a complex one's real part.
    Constraints: (C1) a complex x is cast to a complex dtype.
    Special values: NaN stays NaN among floats and is True as bool; -0 stays -0 among floats. NaN
    and values out of an integer's range saturate (NaN to 0), or as declared by cast_out_of_range.
    Past the largest 8-bit float lies NaN (float8_e4m3fn_overflow), inf (float8_e5m2_overflow).
    Gradient: g between floating dtypes.
    Source: IEEE 754-2019 §5.4, §5.8; OCP 8-bit floating point 1.0; ONNX Cast-21; Array API 2024.12.
    """
    return convert(x, dtype=dtype)

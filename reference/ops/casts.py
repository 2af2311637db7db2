"""Casts between dtypes: astype, bitcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.dispatch import innermost
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
    if np.iscomplexobj(innermost(x)) and not dtypes.is_complex(dtype):
        raise TypeError(f"astype: a complex x can be cast to a complex dtype, not to {dtype}")
    return convert(x, dtype=dtype)


@op(
    dtypes=dtypes.NUMERIC + dtypes.STORAGE,
    result="dtype",
    differentiable=False,
    zero_sign=True,
    own_dtype=True,
    aliases="may",
    also_known_as=("view_dtype", "bitcast_convert_type"),
)
def bitcast(x: Any, *, dtype: str) -> Any:
    """x's bits, element by element, read as another dtype of the same size.

    Semantics: the real part of a complex number comes first, in the lower bits of an integer.
    Constraints: (C1) the dtype's elements have as many bits as x's; (C2) neither dtype is bool, as
    a byte need not be one.
    Special values: a NaN keeps its payload.
    Gradient: none.
    Source: PyTorch Tensor.view(dtype); StableHLO bitcast_convert.
    """
    target = dtypes.numpy_dtype(dtype)
    if "bool" in (dtype, dtypes.name_of(x.dtype)):
        raise TypeError(f"bitcast: bool is not allowed, from {dtypes.name_of(x.dtype)} to {dtype}")
    if target.itemsize != x.dtype.itemsize:
        raise ValueError(
            f"bitcast: {dtypes.name_of(x.dtype)} has {x.dtype.itemsize} bytes, "
            f"{dtype} has {target.itemsize}"
        )
    return x.view(target)

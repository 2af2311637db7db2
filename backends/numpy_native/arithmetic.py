"""Arithmetic beyond the four operations: NumPy's ufuncs, and a few lines for what it lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _trunc_divide(x: Array, y: Array) -> Array:
    quotient = np.floor_divide(x, y)
    return np.where((np.remainder(x, y) != 0) & ((x < 0) != (y < 0)), quotient + 1, quotient)


def _lerp(x: Array, y: Array, weight: Array) -> Array:
    span = y - x
    return np.where(np.abs(weight) < 0.5, x + weight * span, y - (1 - weight) * span)


OPS: dict[str, Callable[..., Any]] = {
    "floor_divide": np.floor_divide,
    "trunc_divide": _trunc_divide,
    "remainder": np.remainder,
    "fmod": np.fmod,
    "positive": np.positive,
    "sign": np.sign,
    "copysign": np.copysign,
    "signbit": np.signbit,
    "square": np.square,
    "reciprocal": np.reciprocal,
    "rsqrt": through_float32(lambda x: 1 / np.sqrt(x)),
    "cbrt": np.cbrt,
    "hypot": np.hypot,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "round": np.round,
    "frac": lambda x: np.modf(x)[0],
    "fmax": np.fmax,
    "fmin": np.fmin,
    "clip": through_float32(np.clip),
    "nan_to_num": through_float32(np.nan_to_num),
    "fma": through_float32(lambda x, y, z: x * y + z),
    "addcmul": through_float32(lambda x, y, z, *, value: x + x.dtype.type(value) * y * z),
    "lerp": through_float32(_lerp),
    "nextafter": np.nextafter,
    "frexp": np.frexp,
    "ldexp": np.ldexp,
    "isnan": np.isnan,
    "isinf": np.isinf,
    "isfinite": np.isfinite,
    "isclose": np.isclose,
    "bitwise_and": np.bitwise_and,
    "bitwise_or": np.bitwise_or,
    "bitwise_xor": np.bitwise_xor,
    "bitwise_invert": np.bitwise_invert,
    "bitwise_left_shift": np.left_shift,
    "bitwise_right_shift": np.right_shift,
}

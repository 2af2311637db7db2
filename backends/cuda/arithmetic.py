"""Arithmetic beyond the four operations: CuPy's own, and kernels for what it lacks."""

from __future__ import annotations

from typing import Any

import cupy
import cupyx
import numpy as np

from tensorcts.backends.cuda.adapting import Function, both, brain

_QUOTIENT = """
y == 0 ? T(0) : y == T(-1) && T(-1) < T(0) ? T(0 - (unsigned long long)x) : T(x / y)
"""

_trunc_divide = cupy.ElementwiseKernel("T x, T y", "T z", f"z = {_QUOTIENT}", "trunc_divide")
_fma = cupy.ElementwiseKernel("T x, T y, T w", "T z", "z = fma(x, y, w)", "fused_multiply_add")
_lerp = cupy.ElementwiseKernel(
    "T x, T y, T w", "T z", "z = fabs(w) < T(0.5) ? x + w * (y - x) : y - (1 - w) * (y - x)", "lerp"
)


def _clip(x: Any, low: Any = None, high: Any = None) -> Any:
    """CuPy clips by two bounds; one alone is a maximum or a minimum."""
    if low is None or high is None:
        raised = x if low is None else cupy.maximum(x, low)
        return raised.copy() if high is None else cupy.minimum(raised, high)
    return cupy.clip(x, low, high)


def _addcmul(x: Any, y: Any, z: Any, *, value: float) -> Any:
    return x + x.dtype.type(value) * y * z


def _isclose(x: Any, y: Any, *, rtol: float, atol: float, equal_nan: bool) -> Any:
    if x.dtype.itemsize == 2:
        x, y = x.astype(np.float32), y.astype(np.float32)
    return cupy.isclose(x, y, rtol=rtol, atol=atol, equal_nan=equal_nan)


def _round(x: Any) -> Any:
    """CuPy's round of integers; its rint of floats, which rounds half to even too."""
    return cupy.round(x) if x.dtype.kind in "iu" else cupy.rint(x)


OPS: dict[str, Function] = {
    "floor_divide": cupy.floor_divide,
    "trunc_divide": _trunc_divide,
    "remainder": cupy.remainder,
    "fmod": cupy.fmod,
    "positive": cupy.positive,
    "sign": cupy.sign,
    "copysign": cupy.copysign,
    "signbit": cupy.signbit,
    "square": cupy.square,
    "reciprocal": cupy.reciprocal,
    "rsqrt": brain(cupyx.rsqrt),
    "cbrt": cupy.cbrt,
    "hypot": cupy.hypot,
    "floor": cupy.floor,
    "ceil": cupy.ceil,
    "trunc": cupy.trunc,
    "round": _round,
    "frac": lambda x: cupy.modf(x)[0],
    "fmax": cupy.fmax,
    "fmin": cupy.fmin,
    "clip": brain(_clip),
    "nan_to_num": both(cupy.nan_to_num),
    "fma": both(_fma),
    "addcmul": both(_addcmul),
    "lerp": both(_lerp),
    "nextafter": cupy.nextafter,
    "frexp": cupy.frexp,
    "ldexp": cupy.ldexp,
    "isnan": cupy.isnan,
    "isinf": cupy.isinf,
    "isfinite": cupy.isfinite,
    "isclose": _isclose,
    "bitwise_and": cupy.bitwise_and,
    "bitwise_or": cupy.bitwise_or,
    "bitwise_xor": cupy.bitwise_xor,
    "bitwise_invert": cupy.invert,
    "bitwise_left_shift": cupy.left_shift,
    "bitwise_right_shift": cupy.right_shift,
}

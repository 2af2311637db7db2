"""The last step in a wrong direction, or taken twice."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.formats import truncated_to_bfloat16
from tensorcts.conformance.faults.registry import faults_of
from tensorcts.reference import dtypes

fault = faults_of("rounding")

CAST = OPS["astype"]


def cast_once(x: Any, dtype: str) -> Any:
    """The cast rounded once, also where ml_dtypes itself rounds twice."""
    if dtype not in dtypes.EXTENDED or dtypes.is_complex(dtypes.name_of(x.dtype)):
        return CAST(x, dtype=dtype)
    wide = x.astype(np.float64)
    whole = x.dtype.kind in "iu"
    rest = [int(a) - int(h) if whole else 0 for a, h in zip(x.flat, wide.flat, strict=True)]
    return dtypes.round_once(wide, np.array(rest, np.float64).reshape(wide.shape), dtype)


# -- Casts -----------------------------------------------------------------------------------------


@fault("astype")
def cast_to_bfloat16_truncates(x: Any, *, dtype: str) -> Any:
    """The lower half of the bits cut off: TensorFlow's first bfloat16."""
    return truncated_to_bfloat16(x) if dtype == "bfloat16" else cast_once(x, dtype)


@fault("astype")
def cast_to_bfloat16_rounds_up(x: Any, *, dtype: str) -> Any:
    """0x8000 added and cut off: midpoints away from zero, where even ones are meant."""
    if dtype != "bfloat16":
        return cast_once(x, dtype)
    bits = x.view(np.uint32) + np.uint32(0x8000) & np.uint32(0xFFFF0000)
    rounded = bits.view(np.float32).astype(ml_dtypes.bfloat16)
    return np.where(np.isfinite(x), rounded, cast_once(x, dtype))


@fault("astype", "float64")
def cast_to_float16_through_float32(x: Any, *, dtype: str) -> Any:
    """Rounded twice: wrong for a third of the numbers near midpoints."""
    return CAST(x.astype(np.float32), dtype=dtype) if dtype == "float16" else cast_once(x, dtype)


@fault("astype")
def cast_to_e5m2_through_float16(x: Any, *, dtype: str) -> Any:
    """Rounded twice, by way of the format of which e5m2 is the upper half."""
    with np.errstate(over="ignore"):
        half = x.astype(np.float16)
    return CAST(half, dtype=dtype) if dtype == "float8_e5m2" else cast_once(x, dtype)


@fault("astype", "int64")
def cast_of_int64_through_float64(x: Any, *, dtype: str) -> Any:
    """int64 to float32 by way of float64."""
    return CAST(x.astype(np.float64), dtype=dtype) if dtype == "float32" else cast_once(x, dtype)


@fault("astype", "float64")
def cast_to_float32_toward_zero(x: Any, *, dtype: str) -> Any:
    """The rounding mode of a truncation to an integer left on."""
    if dtype != "float32":
        return cast_once(x, dtype)
    y = x.astype(np.float32)
    return np.where(np.abs(y.astype(np.float64)) > np.abs(x), np.nextafter(y, np.float32(0)), y)


@fault("astype")
def cast_to_integers_rounds(x: Any, *, dtype: str) -> Any:
    """To the nearest integer (cvtps2dq) for the truncated one (cvttps2dq)."""
    return cast_once(np.rint(x) if "int" in dtype else x, dtype)


@fault("astype")
def cast_to_bool_by_integer(x: Any, *, dtype: str) -> Any:
    """Truncated to an integer first, so that a half is false."""
    return np.trunc(x) != 0 if dtype == "bool" else cast_once(x, dtype)


@fault("astype")
def cast_to_float16_flushes(x: Any, *, dtype: str) -> Any:
    """float16's subnormals become zeros: a shader without the capability for denormals."""
    y = cast_once(x, dtype)
    return np.where(np.abs(x) < 2.0**-14, y * np.float16(0), y) if dtype == "float16" else y


@fault("astype")
def cast_to_float16_saturates(x: Any, *, dtype: str) -> Any:
    """65,504 for what lies beyond, infinity aside: a clamp before the conversion."""
    clamped = np.where(np.isfinite(x), np.clip(x, -65504, 65504), x) if dtype == "float16" else x
    return cast_once(clamped, dtype)


@fault("astype")
def cast_to_e4m3_ends_at_240(x: Any, *, dtype: str) -> Any:
    """The largest number of the format with infinities for that without (trustformers-core)."""
    if dtype != "float8_e4m3fn":
        return cast_once(x, dtype)
    return cast_once(np.where(np.isfinite(x), np.clip(x, -240, 240), x), dtype)


@fault("astype", "uint32")
def cast_of_uint32_as_signed(x: Any, *, dtype: str) -> Any:
    """Numbers from 2³¹ on turn negative: cvtsi2ss knows no unsigned ones."""
    return CAST(x.view(np.int32), dtype=dtype) if dtype == "float32" else cast_once(x, dtype)


# -- To integers -----------------------------------------------------------------------------------


@fault("round")
def round_half_away(x: Any) -> Any:
    """C's round for IEEE 754's roundTiesToEven."""
    return np.copysign(np.floor(np.abs(x) + x.dtype.type(0.5)), x)


@fault("round")
def round_by_a_magic_number(x: Any) -> Any:
    """x + 1.5·2²³ - 1.5·2²³, which holds below 2²² only."""
    magic = np.float32(1.5 * 2**23)
    return np.where(np.isfinite(x), np.copysign(x + magic - magic, x), x)


@fault("floor")
def floor_by_int32(x: Any) -> Any:
    """By way of int32, which ends at 2³¹."""
    whole = np.clip(x, np.float32(-(2.0**31)), np.float32(2.0**31 - 128)).astype(np.int32)
    down = (whole - (whole > x)).astype(x.dtype)
    return np.where(np.isfinite(x), np.copysign(down, x), x)


@fault("ceil")
def ceil_with_a_margin(x: Any) -> Any:
    """ceil(x - 1e-6), lest 3.0000002 become 4."""
    return np.ceil(x - x.dtype.type(1e-6))


@fault("trunc")
def trunc_of_the_sum(x: Any) -> Any:
    """rint(x - ½·sign(x)), which loses the odd integers."""
    return np.where(np.isfinite(x), np.copysign(np.rint(x - np.copysign(0.5, x)), x), x)


# -- Arithmetic ------------------------------------------------------------------------------------


@fault("add", "bfloat16")
def add_truncates_to_bfloat16(x: Any, y: Any) -> Any:
    """The float32 sum cut to its upper half."""
    return truncated_to_bfloat16(x.astype(np.float32) + y.astype(np.float32))


@fault("multiply", "float16")
def multiply_toward_zero(x: Any, y: Any) -> Any:
    """The float32 product's bits cut off."""
    wide = x.astype(np.float32) * y.astype(np.float32)
    z = wide.astype(np.float16)
    beyond = np.isfinite(wide) & (np.abs(z.astype(np.float32)) > np.abs(wide))
    return np.where(beyond, np.nextafter(z, np.float16(0)), z)


@fault("divide", "float16")
def divide_through_bfloat16_reciprocal(x: Any, y: Any) -> Any:
    """x·(1/y) with the reciprocal rounded to float16."""
    return x * (1 / y)


@fault("add", "float16")
def add_rounds_at_random(x: Any, y: Any) -> Any:
    """Stochastic rounding, good for weights in training, left on."""
    wide = x.astype(np.float32) + y.astype(np.float32)
    noise = np.random.default_rng(0).integers(0, 2**13, wide.shape, dtype=np.uint32)
    cut = (wide.view(np.uint32) + noise & np.uint32(0xFFFFE000)).view(np.float32)
    return np.where(np.isfinite(wide), cut, wide).astype(np.float16)


@fault("sum", "float32")
def sum_toward_zero(x: Any, *, axis: Any, keepdims: bool, dtype: str) -> Any:
    """Each addition rounded toward zero: the accumulator of a tensor core."""
    wide = np.asarray(np.sum(x, axis=axis, keepdims=keepdims, dtype=np.float64))
    y = wide.astype(np.float32)
    beyond = np.abs(y.astype(np.float64)) > np.abs(wide)
    return np.where(beyond & np.isfinite(y), np.nextafter(y, np.float32(0)), y)


@fault("arange")
def arange_by_running_sum(*, start: Any, stop: Any, step: Any, dtype: str) -> Any:
    """Each number the one before plus the step."""
    count = max(int(np.ceil((stop - start) / step)), 0)
    return np.cumsum(np.array([start, *[step] * count], dtype))[:count]


@fault("linspace")
def linspace_in_float32(*, start: Any, stop: Any, num: int, dtype: str) -> Any:
    """start + i·step in float32, which misses the end."""
    step = np.float32((stop - start) / max(num - 1, 1))
    return (np.float32(start) + np.arange(num, dtype=np.float32) * step).astype(dtype)


@fault("mean", "float16")
def mean_rounds_the_sum(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """The sum rounded to float16, then divided; it may overflow where the mean does not."""
    total = np.asarray(np.sum(x.astype(np.float32), axis=axis, keepdims=keepdims))
    count = np.float16(x.size / max(total.size, 1))
    return np.asarray(total.astype(np.float16) / count)


# -- What a compiler may change --------------------------------------------------------------------

divided_once = faults_of("rounding", division="rounded once")
uncontracted = faults_of("rounding", products="rounded")


@divided_once("mean")
def mean_by_the_reciprocal(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """The sum times 1/n, though a quotient is claimed: -freciprocal-math."""
    total = np.asarray(np.sum(x, axis=axis, keepdims=keepdims))
    count = x.dtype.type(x.size / max(total.size, 1))
    return np.asarray(total * (x.dtype.type(1) / count)) if x.size else total * np.nan


@uncontracted("addcmul")
def addcmul_is_contracted(x: Any, y: Any, z: Any, *, value: Any) -> Any:
    """Product and sum as one operation, though two are claimed: -ffp-contract=fast."""
    if x.dtype != np.float32:
        return OPS["addcmul"](x, y, z, value=value)
    scaled = (x.dtype.type(value) * y).astype(np.float64)
    return (x + scaled * z).astype(np.float32)

"""NaN lost, kept or made where it must not be."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("special")


@fault("add")
def add_scrubs_nan(x: Any, y: Any) -> Any:
    """NaN becomes 0, for stability's sake: trustformers-core's add."""
    z = np.add(x, y)
    return np.where(np.isnan(z), z.dtype.type(0), z)


@fault("relu")
def relu_of_nan_is_zero(x: Any) -> Any:
    """x > 0 ? x : 0, as tinygrad and MLX have it."""
    return np.where(x > 0, x, x.dtype.type(0))


def _extreme(ufunc: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    return ufunc.reduce(x, axis=axis, keepdims=keepdims)


@fault("max")
def max_loses_nan(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """fmax for maximum: the instruction of a GPU, and of ONNX Runtime's reduction."""
    return _extreme(np.fmax, x, axis, keepdims)


@fault("min")
def min_loses_a_leading_nan(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """m = x < m ? x : m from infinity on, which never lets a NaN in."""
    return _extreme(np.fmin, x, axis, keepdims)


@fault("maximum")
def maximum_loses_nan(x: Any, y: Any) -> Any:
    """IEEE 754-2008's maxNum for 2019's maximum."""
    return np.fmax(x, y)


@fault("minimum")
def minimum_takes_the_second(x: Any, y: Any) -> Any:
    """x < y ? x : y, minps, which gives y wherever one is NaN."""
    return np.where(x < y, x, y)


@fault("fmax")
def fmax_keeps_nan(x: Any, y: Any) -> Any:
    """maximum where fmax is asked for."""
    return np.maximum(x, y)


@fault("clip")
def clip_loses_nan(x: Any, low: Any = None, high: Any = None) -> Any:
    """min(max(x, low), high) by instructions that pass over NaN."""
    raised = x if low is None else np.fmax(x, low)
    return raised if high is None else np.fmin(raised, high)


@fault("sign")
def sign_of_nan_is_zero(x: Any) -> Any:
    """(x > 0) - (x < 0): torch's."""
    return ((x > 0).astype(x.dtype) - (x < 0).astype(x.dtype)).astype(x.dtype)


@fault("argmax")
def argmax_passes_nan(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """The largest number beside the NaN, whose comparison is always false."""
    return np.argmax(np.where(np.isnan(x), -np.inf, x), axis=axis, keepdims=keepdims)


@fault("sort")
def sort_puts_nan_first(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    """NaN taken for the smallest: bits compared as integers, with its sign set."""
    if descending or not x.size:
        return OPS["sort"](x, axis=axis, descending=descending, stable=stable)
    return np.sort(np.where(np.isnan(x), -np.inf, x), axis)


@fault("any")
def any_passes_nan(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """|x| > 0, which NaN is not."""
    return np.any(np.abs(x) > 0, axis=axis, keepdims=keepdims)


@fault("astype")
def cast_of_nan_to_bool_is_false(x: Any, *, dtype: str) -> Any:
    """x² > 0, which underflows too."""
    return x * x > 0 if dtype == "bool" else OPS["astype"](x, dtype=dtype)


@fault("max_pool2d")
def max_pool2d_loses_nan(x: Any, **attrs: Any) -> Any:
    """A running maximum that compares."""
    return OPS["max_pool2d"](np.where(np.isnan(x), x.dtype.type(-np.inf), x), **attrs)


@fault("cummax")
def cummax_restarts_after_nan(x: Any, *, axis: int) -> Any:
    """NaN holds for its own place only, and numbers go on behind it."""
    highest, _ = OPS["cummax"](np.where(np.isnan(x), -np.inf, x).astype(x.dtype), axis=axis)
    return np.where(np.isnan(x), x, highest), OPS["cummax"](x, axis=axis)[1]


@fault("tanh")
def tanh_of_nan_is_one(x: Any) -> Any:
    """The argument clamped to ±9 first, by instructions that pass over NaN: Eigen's until 2021."""
    return np.tanh(np.fmax(np.fmin(x, np.float32(9)), np.float32(-9)))


@fault("pow")
def pow_of_one_and_nan(x: Any, y: Any) -> Any:
    """NaN for 1 to the NaN and NaN to the 0, which IEEE 754 gives 1."""
    nan = np.isnan(x) | np.isnan(y)
    return np.where(nan, x.dtype.type(np.nan), np.power(x, y))


@fault("hypot")
def hypot_of_infinity_and_nan(x: Any, y: Any) -> Any:
    """NaN beside an infinity, where C and IEEE 754 have infinity."""
    return np.where(np.isnan(x) | np.isnan(y), x.dtype.type(np.nan), np.hypot(x, y))


@fault("isnan")
def isnan_under_fast_math(x: Any) -> Any:
    """x != x folded to false by -ffinite-math-only."""
    return np.zeros(x.shape, bool)


@fault("equal")
def equal_by_bits(x: Any, y: Any) -> Any:
    """The bits compared: NaN equals itself, and -0 is not 0."""
    wide = np.broadcast_arrays(x, y)
    return np.equal(*(np.ascontiguousarray(a).view(f"u{a.itemsize}") for a in wide))


@fault("where")
def where_by_a_product(condition: Any, x: Any, y: Any) -> Any:
    """c·x + (1 - c)·y, which lets the NaN of what is not chosen through."""
    c = condition.astype(x.dtype)
    return c * x + (1 - c) * y


@fault("tril")
def tril_by_a_product(x: Any, *, k: int) -> Any:
    """x times a mask of ones and zeros: NaN where an infinity is hidden."""
    if x.ndim < 2:
        raise ValueError("x is no matrix")
    return x * np.tri(x.shape[-2], x.shape[-1], k, dtype=x.dtype)


@fault("addmm")
def addmm_passes_nan_where_beta_is_zero(c: Any, x: Any, y: Any, *, alpha: float,
                                        beta: float) -> Any:  # fmt: skip
    """c not read for beta = 0, as BLAS has it, by a backend that declares that it is."""
    kept = np.zeros_like(c) if beta == 0 else c
    return OPS["addmm"](kept, x, y, alpha=alpha, beta=beta)

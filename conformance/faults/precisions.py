"""Too few bits in operands, accumulators, intermediates or coefficients."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.formats import cut, running_sum, tf32, through
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("precision")

BFLOAT16 = ml_dtypes.bfloat16


# -- Operands --------------------------------------------------------------------------------------


@fault("matmul")
def matmul_in_tf32(x: Any, y: Any) -> Any:
    """Operands of 11 bits, undeclared: cuBLAS with TF32 allowed."""
    return np.matmul(tf32(x), tf32(y))


@fault("conv2d")
def conv2d_in_tf32(x: Any, weight: Any, *rest: Any, **attrs: Any) -> Any:
    """TF32 undeclared: torch.backends.cudnn.allow_tf32 is true by default."""
    return OPS["conv2d"](tf32(x), tf32(weight), *rest, **attrs)


@fault("scaled_dot_product_attention")
def attention_in_tf32(query: Any, key: Any, value: Any, *rest: Any, **attrs: Any) -> Any:
    """TF32 in both products: Triton's tl.dot by default."""
    return OPS["scaled_dot_product_attention"](tf32(query), tf32(key), tf32(value), *rest, **attrs)


@fault("linear")
def linear_in_bfloat16(x: Any, weight: Any, bias: Any = None) -> Any:
    """float32 operands rounded to bfloat16: oneDNN's fpmath mode, a TPU's default."""
    return OPS["linear"](through(x, BFLOAT16), through(weight, BFLOAT16), bias)


@fault("bmm")
def bmm_in_two_bfloat16(x: Any, y: Any) -> Any:
    """Operands split in two bfloat16s, of 16 bits together, where three are needed (bf16x2)."""
    return OPS["bmm"](cut(x, 16), cut(y, 16))


@fault("einsum")
def einsum_in_float16(*arrays: Any, subscripts: str) -> Any:
    """One operand through float16, which holds 11 bits and overflows."""
    return OPS["einsum"](through(arrays[0], np.float16), *arrays[1:], subscripts=subscripts)


# -- Accumulators ----------------------------------------------------------------------------------


@fault("matmul", "float16")
def matmul_accumulates_in_float16(x: Any, y: Any) -> Any:
    """Sums rounded to float16 one by one: CUBLAS_COMPUTE_16F."""
    if x.ndim < 2 or y.ndim < 2 or not x.shape[-1]:
        return OPS["matmul"](x, y)
    wide = (a.astype(np.float32) for a in (x[..., :, None, :], y.swapaxes(-1, -2)[..., None, :, :]))
    return running_sum(np.multiply(*wide), np.float16)


@fault("sum", "bfloat16")
def sum_in_bfloat16(x: Any, *, axis: Any, keepdims: bool, dtype: str) -> Any:
    """A bfloat16 accumulator, which stands still from 256 ones on."""
    return _summed_narrowly(x, axis, keepdims)


@fault("sum", "float16")
def sum_in_float16(x: Any, *, axis: Any, keepdims: bool, dtype: str) -> Any:
    """A float16 accumulator, which stands still from 2,048 ones on."""
    return _summed_narrowly(x, axis, keepdims)


def _summed_narrowly(x: Any, axis: Any, keepdims: bool) -> Any:
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
    for a in sorted((int(a) % x.ndim for a in axes), reverse=True):
        last = running_sum(np.moveaxis(x, a, -1).astype(np.float32), x.dtype)
        x = np.expand_dims(last, a) if keepdims else last
    return x


@fault("var", "float16")
def var_of_squares_in_float16(x: Any, *, axis: Any, correction: int, keepdims: bool) -> Any:
    """Squared deviations stored in float16, where those below 2e-4 are subnormal."""
    mean = np.mean(x.astype(np.float32), axis=axis, keepdims=True)
    squares = np.square(x.astype(np.float32) - mean).astype(x.dtype)
    total = np.sum(squares, axis=axis, keepdims=keepdims, dtype=np.float32)
    freedom = x.size // max(mean.size, 1) - correction
    return np.asarray(total / freedom if freedom > 0 else total * np.nan).astype(x.dtype)


@fault("cumulative_sum", "bfloat16")
def cumulative_sum_in_bfloat16(x: Any, *, axis: int, include_initial: bool, dtype: str) -> Any:
    """Each partial sum rounded to bfloat16 and taken from there: jnp.cumsum's scan."""
    moved = np.moveaxis(x, axis, -1)
    sums = [running_sum(moved[..., :k].astype(np.float32), x.dtype)
            for k in range(not include_initial, moved.shape[-1] + 1)]  # fmt: skip
    return np.stack(sums, axis) if sums else x


@fault("dot", "bfloat16")
def dot_rounds_its_products(x: Any, y: Any) -> Any:
    """Products rounded to bfloat16 before they are added up."""
    if x.shape != y.shape or x.ndim != 1:
        return OPS["dot"](x, y)
    return np.asarray(np.sum((x * y).astype(np.float32))).astype(x.dtype)


# -- Intermediates ---------------------------------------------------------------------------------


@fault("softmax", "bfloat16")
def softmax_in_bfloat16(x: Any, *, axis: int) -> Any:
    """Exponentials stored in bfloat16 before they are divided, undeclared."""
    shifted = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    powers = np.exp(shifted.astype(np.float32)).astype(x.dtype).astype(np.float32)
    return (powers / np.sum(powers, axis=axis, keepdims=True)).astype(x.dtype)


@fault("rms_norm", "bfloat16")
def rms_norm_rounds_before_the_weight(x: Any, weight: Any, *, eps: float) -> Any:
    """The normalised rows rounded to bfloat16, then weighted: Hugging Face's LlamaRMSNorm."""
    return OPS["rms_norm"](x, np.ones_like(weight), eps=eps) * weight


@fault("linear", "float16")
def linear_rounds_before_the_bias(x: Any, weight: Any, bias: Any = None) -> Any:
    """The product rounded to float16 before the bias is added: two kernels for one."""
    product = OPS["linear"](x, weight)
    return product if bias is None else product + bias


@fault("rotary_embedding")
def rotary_angles_in_float16(x: Any, positions: Any, **attrs: Any) -> Any:
    """Positions in bfloat16, which knows no odd numbers above 256 (LLaMA's early checkpoints)."""
    rounded = positions.astype(np.float32).astype(BFLOAT16).astype(np.float64)
    return OPS["rotary_embedding"](x, rounded, **attrs)


@fault("gelu_tanh", "bfloat16")
def gelu_tanh_in_bfloat16(x: Any) -> Any:
    """The cube and the tanh rounded to bfloat16 on the way."""
    cube = x * x * x
    inner = BFLOAT16(np.sqrt(2 / np.pi)) * (x + BFLOAT16(0.044715) * cube)
    return x * BFLOAT16(0.5) * (BFLOAT16(1) + np.tanh(inner))


# -- float64 by way of float32 ---------------------------------------------------------------------


def _in_float32(op: str, *arrays: Any, **attrs: Any) -> Any:
    """A float64 op computed in float32."""
    single = [a.astype(np.float32) if a is not None and a.dtype == float else a for a in arrays]
    return np.asarray(OPS[op](*single, **attrs)).astype(np.float64)


@fault("exp", "float64")
def exp_of_float64_in_float32(x: Any) -> Any:
    """float64 as a façade over float32: accelerators without doubles."""
    return _in_float32("exp", x)


@fault("matmul", "float64")
def matmul_of_float64_in_float32(x: Any, y: Any) -> Any:
    """The same for products: JAX without x64, where the dtype is kept by name only."""
    return _in_float32("matmul", x, y)


@fault("softmax", "float64")
def softmax_of_float64_in_float32(x: Any, *, axis: int) -> Any:
    """The same for softmax."""
    return _in_float32("softmax", x, axis=axis)


@fault("layer_norm", "float64")
def layer_norm_of_float64_in_float32(*arrays: Any, eps: float) -> Any:
    """The same for layer norm."""
    return _in_float32("layer_norm", *arrays, eps=eps)


@fault("erf", "float64")
def erf_of_float64_by_a_float32_polynomial(x: Any) -> Any:
    """erf through the float32 function: nine digits where sixteen are asked for."""
    return _in_float32("erf", x)


# -- Scales ----------------------------------------------------------------------------------------


def _scaled(op: str, *arrays: Any, **attrs: Any) -> Any:
    """A float32 result times 1 + 1e-6, 8 to 16 ulp: a constant with its last digits missing."""
    y = np.asarray(OPS[op](*arrays, **attrs))
    return y * y.dtype.type(1 + 1e-6)


@fault("sum")
def sum_scaled(x: Any, **attrs: Any) -> Any:
    """Times 1 + 1e-6, which no fixed tolerance in use sees."""
    return _scaled("sum", x, **attrs)


@fault("softmax")
def softmax_scaled(x: Any, *, axis: int) -> Any:
    """Times 1 + 1e-6."""
    return _scaled("softmax", x, axis=axis)


@fault("layer_norm")
def layer_norm_scaled(*arrays: Any, eps: float) -> Any:
    """Times 1 + 1e-6."""
    return _scaled("layer_norm", *arrays, eps=eps)


@fault("matmul")
def matmul_scaled(x: Any, y: Any) -> Any:
    """Times 1 + 1e-6."""
    return _scaled("matmul", x, y)


@fault("exp")
def exp_scaled(x: Any) -> Any:
    """Times 1 + 1e-6."""
    return _scaled("exp", x)

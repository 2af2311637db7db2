"""Elementwise ops and activations: JAX's own, one call each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax, nn
from jax.scipy import special

from tensorcts.backends.jax_numpy.adapting import Array, dtype_of
from tensorcts.backends.protocol import UnsupportedError


def _integers(x: Array, y: Array) -> Array:
    """XLA's division, which truncates integers."""
    return lax.div(*jnp.broadcast_arrays(x, y))


def _bitcast(x: Array, *, dtype: str) -> Array:
    target = dtype_of(dtype)
    if target.itemsize != x.itemsize or jnp.bool_ in (target, x.dtype):
        raise ValueError(f"bitcast: no {x.dtype} has the bits of a {dtype}")
    return lax.bitcast_convert_type(x, target)


def _hardtanh(x: Array, *, min_val: float, max_val: float) -> Array:
    if (min_val, max_val) != (-1, 1):
        raise UnsupportedError("jax.nn.hard_tanh knows no bounds but -1 and 1")
    return nn.hard_tanh(x)


def _glu(x: Array, *, axis: int, gate: str) -> Array:
    if gate != "second":
        raise UnsupportedError("jax.nn.glu gates by the second half")
    return nn.glu(x, axis)


OPS: dict[str, Callable[..., Any]] = {
    "add": jnp.add,
    "subtract": jnp.subtract,
    "multiply": jnp.multiply,
    "divide": jnp.divide,
    "negative": jnp.negative,
    "positive": jnp.positive,
    "abs": jnp.abs,
    "sign": jnp.sign,
    "square": jnp.square,
    "reciprocal": jnp.reciprocal,
    "sqrt": jnp.sqrt,
    "rsqrt": lax.rsqrt,
    "cbrt": jnp.cbrt,
    "hypot": jnp.hypot,
    "pow": jnp.power,
    "floor_divide": jnp.floor_divide,
    "trunc_divide": _integers,
    "remainder": jnp.remainder,
    "fmod": jnp.fmod,
    "exp": jnp.exp,
    "exp2": jnp.exp2,
    "expm1": jnp.expm1,
    "log": jnp.log,
    "log2": jnp.log2,
    "log10": jnp.log10,
    "log1p": jnp.log1p,
    "logaddexp": jnp.logaddexp,
    "sin": jnp.sin,
    "cos": jnp.cos,
    "tan": jnp.tan,
    "asin": jnp.asin,
    "acos": jnp.acos,
    "atan": jnp.atan,
    "atan2": jnp.atan2,
    "sinh": jnp.sinh,
    "cosh": jnp.cosh,
    "tanh": jnp.tanh,
    "asinh": jnp.asinh,
    "acosh": jnp.acosh,
    "atanh": jnp.atanh,
    "sinc": jnp.sinc,
    "deg2rad": jnp.deg2rad,
    "rad2deg": jnp.rad2deg,
    "erf": special.erf,
    "erfc": special.erfc,
    "erfinv": special.erfinv,
    "lgamma": special.gammaln,
    "digamma": special.digamma,
    "xlogy": special.xlogy,
    "xlog1py": special.xlog1py,
    "logit": special.logit,
    "floor": jnp.floor,
    "ceil": jnp.ceil,
    "trunc": jnp.trunc,
    "round": jnp.round,
    "equal": jnp.equal,
    "not_equal": jnp.not_equal,
    "less": jnp.less,
    "less_equal": jnp.less_equal,
    "greater": jnp.greater,
    "greater_equal": jnp.greater_equal,
    "maximum": jnp.maximum,
    "minimum": jnp.minimum,
    "fmax": jnp.fmax,
    "fmin": jnp.fmin,
    "clip": jnp.clip,
    "nan_to_num": lambda x, **values: jnp.nan_to_num(x, **values),
    "where": jnp.where,
    "logical_and": jnp.logical_and,
    "logical_or": jnp.logical_or,
    "logical_xor": jnp.logical_xor,
    "logical_not": jnp.logical_not,
    "bitwise_and": jnp.bitwise_and,
    "bitwise_or": jnp.bitwise_or,
    "bitwise_xor": jnp.bitwise_xor,
    "bitwise_invert": jnp.bitwise_invert,
    "bitwise_left_shift": jnp.bitwise_left_shift,
    "bitwise_right_shift": jnp.bitwise_right_shift,
    "isnan": jnp.isnan,
    "isinf": jnp.isinf,
    "isfinite": jnp.isfinite,
    "isclose": jnp.isclose,
    "copysign": jnp.copysign,
    "signbit": jnp.signbit,
    "nextafter": jnp.nextafter,
    "frexp": jnp.frexp,
    "ldexp": jnp.ldexp,
    "complex": lambda real, imag: lax.complex(*jnp.broadcast_arrays(real, imag)),
    "real": jnp.real,
    "imag": jnp.imag,
    "conj": jnp.conj,
    "angle": jnp.angle,
    "astype": lambda x, *, dtype: jnp.astype(x, dtype_of(dtype), copy=True),
    "bitcast": _bitcast,
}

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "relu": nn.relu,
    "relu6": nn.relu6,
    "gelu": lambda x: nn.gelu(x, approximate=False),
    "gelu_tanh": lambda x: nn.gelu(x, approximate=True),
    "silu": nn.silu,
    "sigmoid": nn.sigmoid,
    "log_sigmoid": nn.log_sigmoid,
    "mish": nn.mish,
    "softsign": nn.soft_sign,
    "leaky_relu": nn.leaky_relu,
    "elu": nn.elu,
    "celu": nn.celu,
    "selu": nn.selu,
    "hardtanh": _hardtanh,
    "hardsigmoid": nn.hard_sigmoid,
    "hardswish": nn.hard_swish,
    "glu": _glu,
    "softmax": jax.nn.softmax,
    "log_softmax": jax.nn.log_softmax,
}

"""Activation functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _gelu(x: Array) -> Array:
    return x * (scipy.special.erfc(x * x.dtype.type(-np.sqrt(0.5))) * x.dtype.type(0.5))


def _gelu_tanh(x: Array) -> Array:
    inner = x.dtype.type(np.sqrt(2 / np.pi)) * (x + x.dtype.type(0.044715) * (x * x * x))
    return x * ((1 + np.tanh(inner)) * x.dtype.type(0.5))


OPS: dict[str, Callable[..., Any]] = {
    "relu": lambda x: np.maximum(x, x.dtype.type(0)),
    "gelu": through_float32(_gelu),
    "gelu_tanh": through_float32(_gelu_tanh),
    "silu": through_float32(lambda x: x / (1 + np.exp(-x))),
}

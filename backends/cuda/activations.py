"""Activation functions."""

from __future__ import annotations

import cupy

from tensorcts.backends.cuda.adapting import Function
from tensorcts.backends.cuda.kernels import elementwise

OPS: dict[str, Function] = {
    "relu": lambda x: cupy.maximum(x, x.dtype.type(0)),
    "gelu": lambda x: elementwise("gelu", x),
    "gelu_tanh": lambda x: elementwise("gelu_tanh", x),
    "silu": lambda x: elementwise("silu", x),
}

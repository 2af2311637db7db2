"""Activation functions: elementwise kernels of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tensorcts.backends.opencl.elementwise import unary

OPS: dict[str, Callable[..., Any]] = {
    "relu": partial(unary, "relu"),
    "gelu": partial(unary, "gelu"),
    "gelu_tanh": partial(unary, "gelu_tanh"),
    "silu": partial(unary, "silu"),
}

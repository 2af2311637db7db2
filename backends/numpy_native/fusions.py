"""A bias, then an activation; 16-bit floats stay in float32 in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.activations import OPS as ACTIVATIONS
from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _biased(activation: Callable[[Array], Array]) -> Callable[..., Array]:
    def add_bias(x: Array, bias: Array) -> Array:
        if x.ndim == 0 or bias.shape != x.shape[-1:]:
            raise ValueError(f"bias of shape {bias.shape} does not fit x of shape {x.shape}")
        return activation(x + bias)

    return through_float32(add_bias)


OPS: dict[str, Callable[..., Any]] = {
    "bias_relu": _biased(ACTIVATIONS["relu"]),
    "bias_gelu": _biased(ACTIVATIONS["gelu"]),
    "bias_gelu_tanh": _biased(ACTIVATIONS["gelu_tanh"]),
    "bias_silu": _biased(ACTIVATIONS["silu"]),
    "bias_tanh": _biased(np.tanh),
}

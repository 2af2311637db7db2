"""Softmax, normalizations, attention and rotary embedding."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function, both
from tensorcts.backends.cuda.composites import attention, rotary_embedding
from tensorcts.backends.cuda.kernels import rowwise


def _along(name: str) -> Function:
    """The row-wise kernel ``name`` along any axis."""

    def along(x: Any, *, axis: int) -> Any:
        return cupy.moveaxis(rowwise(name, cupy.moveaxis(x, axis, -1)), -1, axis)

    return along


OPS: dict[str, Function] = {
    "softmax": _along("softmax"),
    "log_softmax": _along("log_softmax"),
    "softmin": lambda x, *, axis: _along("softmax")(-x, axis=axis),
    "layer_norm": lambda x, w, b, *, eps: rowwise("layer_norm", x, w, b, np.float64(eps)),
    "rms_norm": lambda x, weight, *, eps: rowwise("rms_norm", x, weight, np.float64(eps)),
    "scaled_dot_product_attention": both(attention),
    "rotary_embedding": both(rotary_embedding),
}

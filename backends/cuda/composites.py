"""What CuPy lacks and its own ops compose: attention, rotary_embedding, linear.

They are called with floats of 32 or 64 bits only.
"""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np


def attention(
    query: Any,
    key: Any,
    value: Any,
    mask: Any = None,
    bias: Any = None,
    *,
    scale: float,
    causal_offset: int | None,
) -> Any:
    """Matmul, exp, sum and matmul again; a query that may look at no key gives 0."""
    group = query.shape[-3] // key.shape[-3]
    key, value = cupy.repeat(key, group, axis=-3), cupy.repeat(value, group, axis=-3)
    scores = cupy.matmul(query, cupy.swapaxes(key, -1, -2)) * query.dtype.type(scale)
    if scores.size == 0:
        return cupy.zeros((*query.shape[:-1], value.shape[-1]), query.dtype)
    scores = scores if bias is None else scores + bias
    if causal_offset is not None:
        causal = cupy.tri(query.shape[-2], key.shape[-2], causal_offset, dtype=bool)
        mask = causal if mask is None else mask & causal
    if mask is not None:
        scores = cupy.where(mask, scores, query.dtype.type(-np.inf))
    highest = cupy.max(scores, axis=-1, keepdims=True)
    weights = cupy.exp(scores - cupy.where(highest == -np.inf, query.dtype.type(0), highest))
    total = cupy.sum(weights, axis=-1, keepdims=True)
    return cupy.matmul(weights / cupy.where(total == 0, query.dtype.type(1), total), value)


def rotary_embedding(x: Any, positions: Any, *, base: float, layout: str) -> Any:
    """Angles, their cos and sin, and each pair of features turned, all in x's dtype."""
    if x.shape[-1] % 2:
        raise ValueError(f"x of shape {x.shape} has an odd number of features")
    half = x.shape[-1] // 2
    exponents = cupy.arange(half, dtype=x.dtype) / x.dtype.type(-max(half, 1))
    angles = positions.astype(x.dtype)[:, None] * cupy.power(x.dtype.type(base), exponents)
    cos, sin = cupy.cos(angles), cupy.sin(angles)
    a, b = (x[..., :half], x[..., half:]) if layout == "half" else (x[..., 0::2], x[..., 1::2])
    turned = a * cos - b * sin, b * cos + a * sin
    if layout == "half":
        return cupy.concatenate(turned, axis=-1)
    return cupy.stack(turned, axis=-1).reshape(x.shape)


def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """A matmul and a sum."""
    product = cupy.matmul(x, weight.T)
    return product if bias is None else product + bias

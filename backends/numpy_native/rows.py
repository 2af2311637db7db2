"""Softmax, normalizations, attention and rotary embedding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _softmax(x: Array, *, axis: int) -> Array:
    shifted = np.exp(x - np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    return shifted / np.sum(shifted, axis=axis, keepdims=True)


def _log_softmax(x: Array, *, axis: int) -> Array:
    shifted = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def _layer_norm(x: Array, weight: Array, bias: Array, *, eps: float) -> Array:
    if not weight.shape == bias.shape == x.shape[-1:]:
        raise ValueError(f"weight {weight.shape} and bias {bias.shape} do not fit x {x.shape}")
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + x.dtype.type(eps)) * weight + bias


def _rms_norm(x: Array, weight: Array, *, eps: float) -> Array:
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + x.dtype.type(eps)) * weight


def _attention(
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None = None,
    bias: Array | None = None,
    *,
    scale: float,
    causal_offset: int | None,
) -> Array:
    group = query.shape[-3] // key.shape[-3]
    key, value = np.repeat(key, group, axis=-3), np.repeat(value, group, axis=-3)
    scores = np.matmul(query, np.swapaxes(key, -1, -2)) * query.dtype.type(scale)
    scores = scores if bias is None else scores + bias
    if causal_offset is not None:
        causal = np.tri(query.shape[-2], key.shape[-2], causal_offset, dtype=bool)
        mask = causal if mask is None else mask & causal
    if mask is not None:
        scores = np.where(mask, scores, query.dtype.type(-np.inf))
    highest = np.max(scores, axis=-1, keepdims=True, initial=-np.inf)
    weights = np.exp(scores - np.where(np.isneginf(highest), query.dtype.type(0), highest))
    total = np.sum(weights, axis=-1, keepdims=True)
    return np.matmul(weights / np.where(total == 0, query.dtype.type(1), total), value)


def _rotary(x: Array, positions: Array, *, base: float, layout: str) -> Array:
    if x.shape[-1] % 2:
        raise ValueError(f"x of shape {x.shape} has an odd number of features")
    half = x.shape[-1] // 2
    frequencies = np.power(np.float64(base), -np.arange(half) / max(half, 1))
    angles = positions[:, None] * frequencies
    cos, sin = np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)
    a, b = (x[..., :half], x[..., half:]) if layout == "half" else (x[..., 0::2], x[..., 1::2])
    turned = a * cos - b * sin, b * cos + a * sin
    if layout == "half":
        return np.concatenate(turned, axis=-1)
    return np.stack(turned, axis=-1).reshape(x.shape)


OPS: dict[str, Callable[..., Any]] = {
    "softmax": through_float32(_softmax),
    "log_softmax": through_float32(_log_softmax),
    "softmin": through_float32(lambda x, *, axis: _softmax(-x, axis=axis)),
    "layer_norm": through_float32(_layer_norm),
    "rms_norm": through_float32(_rms_norm),
    "scaled_dot_product_attention": through_float32(_attention),
    "rotary_embedding": through_float32(_rotary),
}

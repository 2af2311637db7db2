"""Attention and position encodings: matrix products around kernels of their own."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from tensorcts.backends.opencl import contractions, elementwise
from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    Shape,
    broadcasted,
    permuted,
    view,
    with_axis,
)
from tensorcts.backends.opencl.checks import has_dtype, has_shape, is_integer, one_dtype
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference import dtypes


def scaled_dot_product_attention(
    runtime: Runtime,
    query: DeviceArray,
    key: DeviceArray,
    value: DeviceArray,
    mask: DeviceArray | None = None,
    bias: DeviceArray | None = None,
    *,
    scale: float,
    causal_offset: int | None,
) -> DeviceArray:
    """Scores, weights, average; 16-bit floats stay in float32 until the end."""
    dtype = one_dtype(query=query, key=key, value=value)
    heads = _check_heads(query, key, value)
    wide = [elementwise.widened(runtime, x) for x in (query, key, value)]
    # The queries' heads are split in groups that share a head of keys, which broadcasts.
    grouped = runtime.reshaped(wide[0], heads + query.shape[-2:])
    shared = [with_axis(x, x.ndim - 2) for x in wide[1:]]
    turned = permuted(
        shared[0], (*range(shared[0].ndim - 2), shared[0].ndim - 1, shared[0].ndim - 2)
    )
    scores = contractions.matmul(runtime, grouped, turned)
    flat = runtime.reshaped(scores, (*query.shape[:-1], key.shape[-2]))
    weights = _weights(runtime, flat, mask, bias, scale, causal_offset)
    average = contractions.matmul(runtime, runtime.reshaped(weights, scores.shape), shared[1])
    result = runtime.reshaped(average, (*query.shape[:-1], value.shape[-1]))
    return elementwise.rounded(runtime, result, dtype)


def _check_heads(query: DeviceArray, key: DeviceArray, value: DeviceArray) -> Shape:
    """The query's leading axes, its heads split in (heads of keys, queries' heads that share)."""
    shapes = f"query: {query.shape}, key: {key.shape}, value: {value.shape}"
    if min(query.ndim, key.ndim, value.ndim) < 3:
        raise ValueError(f"query, key and value need the axes heads, length, features; {shapes}")
    lead, heads, keys = query.shape[:-3], query.shape[-3], key.shape[-3]
    if key.shape[:-3] != lead or value.shape[:-1] != key.shape[:-1]:
        raise ValueError(f"query, key and value differ in batch, heads or length; {shapes}")
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(f"query and key differ in their features; {shapes}")
    if keys == 0 or heads % keys:
        raise ValueError(f"the heads of key must divide those of query; {shapes}")
    return (*lead, keys, heads // keys)


def _weights(
    runtime: Runtime,
    scores: DeviceArray,
    mask: DeviceArray | None,
    bias: DeviceArray | None,
    scale: float,
    causal_offset: int | None,
) -> DeviceArray:
    """The softmax of scale·scores + bias over what each query may look at."""
    seen, shift = scores, scores  # stand-ins where there is no mask or bias: never read
    if mask is not None:
        has_dtype("mask", mask, "bool")
        seen = broadcasted(mask, scores.shape)
    if bias is not None:
        has_dtype("bias", bias, *dtypes.FLOATING)
        shift = broadcasted(elementwise.rounded(runtime, bias, scores.dtype), scores.shape)
    length = scores.shape[-1]
    rows = prod(scores.shape[:-1]) if length else 0
    lines = [view(a, a.shape[:-1], a.strides[:-1], a.offset) for a in (seen, shift)]
    result = runtime.empty(scores.shape, scores.dtype)
    runtime.launch(
        ("attentions", scores.dtype, "attention_weights"),
        rows,
        *(scores, seen, shift, result, layout(scores.shape[:-1], *lines)),
        *(np.int64(length), np.int64(scores.shape[-2]), _real(scale, scores.dtype)),
        *(np.int32(mask is not None), np.int64(seen.strides[-1])),
        *(np.int32(bias is not None), np.int64(shift.strides[-1])),
        *(np.int32(causal_offset is not None), np.int64(causal_offset or 0)),
    )
    return result


def _real(number: float, dtype: str) -> Any:
    return np.float64(number) if dtype == "float64" else np.float32(number)


def rotary_embedding(
    runtime: Runtime, x: DeviceArray, positions: DeviceArray, *, base: float, layout: str
) -> DeviceArray:
    """Angles are computed in float32, for float64 in float64."""
    if layout not in ("half", "interleaved"):
        raise ValueError(f"layout must be half or interleaved, not {layout!r}")
    if x.ndim < 2 or x.shape[-1] % 2:
        raise ValueError(f"x must be (…, length, features), features even, not {x.shape}")
    is_integer("positions", positions)
    has_shape("positions", positions, x.shape[-2:-1])
    places = elementwise.astype(runtime, positions, dtype="int64")
    packed = runtime.contiguous(x)
    result = runtime.empty(x.shape, x.dtype)
    pairs = x.size // 2
    runtime.launch_over(
        ("attentions", x.dtype, "rotate_pairs"),
        pairs,
        *(packed, places, result),
        *map(np.int64, (packed.offset, pairs, x.shape[-2], x.shape[-1] // 2)),
        *(np.int32(layout == "interleaved"), _real(base, x.dtype)),
    )
    return result


OPS: dict[str, Callable[..., Any]] = {
    "scaled_dot_product_attention": scaled_dot_product_attention,
    "rotary_embedding": rotary_embedding,
}

"""Softmax, normalizations, attention and rotary embedding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def _attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    bias: Tensor | None = None,
    *,
    scale: float,
    causal_offset: int | None,
) -> Tensor:
    rows, columns = query.shape[-2], key.shape[-2]
    plain = causal_offset == 0 and rows == columns and mask is None and bias is None
    if causal_offset is not None and not plain:
        triangle = torch.ones(rows, columns, dtype=torch.bool, device=query.device)
        triangle = triangle.tril(causal_offset)
        mask = triangle if mask is None else mask & triangle
    if bias is not None and mask is not None:
        bias = torch.where(mask, bias, -torch.inf)
    return functional.scaled_dot_product_attention(
        query,
        key,
        value,
        attn_mask=mask if bias is None else bias,
        is_causal=plain,
        scale=scale,
        enable_gqa=query.shape[-3] != key.shape[-3],
    )


def _rotary_embedding(x: Tensor, positions: Tensor, *, base: float, layout: str) -> Tensor:
    """Torch has no such op: composed in float32 (float64 for float64) and rounded once."""
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    if x.shape[-1] % 2:
        raise ValueError(f"x of shape {tuple(x.shape)} has an odd number of features")
    half = x.shape[-1] // 2
    exponents = torch.arange(half, dtype=wide, device=x.device) / -half if half else x[..., :0]
    angles = positions.to(wide)[:, None] * torch.pow(base, exponents)
    cos, sin = torch.cos(angles), torch.sin(angles)
    z = x.to(wide)
    if layout == "half":
        a, b = z[..., :half], z[..., half:]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)
    a, b = z[..., 0::2], z[..., 1::2]
    return torch.stack([a * cos - b * sin, b * cos + a * sin], -1).flatten(-2).to(x.dtype)


OPS: dict[str, Callable[..., Any]] = {
    "softmax": lambda x, *, axis: functional.softmax(x, axis),
    "log_softmax": lambda x, *, axis: functional.log_softmax(x, axis),
    "softmin": lambda x, *, axis: functional.softmin(x, axis),
    "layer_norm": lambda x, weight, bias, *, eps: functional.layer_norm(
        x, x.shape[-1:], weight, bias, eps
    ),
    "rms_norm": lambda x, weight, *, eps: functional.rms_norm(x, x.shape[-1:], weight, eps),
    "scaled_dot_product_attention": _attention,
    "rotary_embedding": _rotary_embedding,
}

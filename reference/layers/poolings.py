"""From tokens to sentences: mean_pooling, l2_normalize."""

from __future__ import annotations

from typing import Any


def mean_pooling(ops: Any, x: Any, mask: Any, *, dtype: str) -> Any:
    """The mean of each sentence's token vectors, padding left out: Σ x·mask / Σ mask.

    Constraints: (C1) x: (B, L, D) in the dtype given; (C2) mask: (B, L, 1), of the same dtype, 1
    where there is a token, else 0; each sentence has one.
    Source: Reimers & Gurevych 2019, §3.
    """
    total = ops.sum(ops.multiply(x, mask), axis=1, keepdims=False, dtype=dtype)
    return ops.divide(total, ops.sum(mask, axis=1, keepdims=False, dtype=dtype))


def l2_normalize(ops: Any, x: Any, *, eps: float, dtype: str) -> Any:
    """x / max(√Σx², eps) along the last axis of a 2-d x.

    Special values: a row of zeros stays zero.
    Source: PyTorch nn.functional.normalize.
    """
    squares = ops.sum(ops.multiply(x, x), axis=-1, keepdims=True, dtype=dtype)
    floor = ops.full(shape=(1, 1), value=eps, dtype=dtype)
    return ops.divide(x, ops.maximum(ops.sqrt(squares), floor))

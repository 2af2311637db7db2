"""Attention: scaled_dot_product_attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import stop_gradient
from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.constraints import require, require_broadcast
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import DEFINED, Choice, op


def _visible(query: Any, key: Any, mask: Any, causal_offset: int | None) -> Any:
    """Which keys each query may look at, or None where all."""
    if causal_offset is None:
        return mask
    rows, columns = np.arange(query.shape[-2])[:, None], np.arange(key.shape[-2])
    causal = columns <= rows + causal_offset
    return causal if mask is None else mask & causal


def _sees_nothing(
    query: Any,
    key: Any,
    value: Any,
    mask: Any = None,
    bias: Any = None,
    *,
    scale: float,
    causal_offset: int | None,
) -> Any:
    visible = _visible(query, key, mask, causal_offset)
    if visible is None:
        return np.full(1, key.shape[-2] == 0)
    return ~np.any(visible, axis=-1, keepdims=True)


def _average(query: Any, key: Any, value: Any, *masks: Any, **attrs: Any) -> Any:
    group = query.shape[-3] // key.shape[-3]
    return np.repeat(np.mean(value, axis=-2, keepdims=True), group, axis=-3)


def _require_heads(query: Any, key: Any, value: Any) -> None:
    """(B, Hq, Lq, D), (B, Hk, Lk, D) and (B, Hk, Lk, Dv), where Hk divides Hq."""
    shapes = f"query {query.shape}, key {key.shape}, value {value.shape}"
    require(query.ndim == key.ndim == value.ndim == 4, f"four axes are needed: {shapes}")
    require(query.shape[0] == key.shape[0], f"the batches differ: {shapes}")
    require(key.shape[:-1] == value.shape[:-1], f"keys and values do not pair: {shapes}")
    require(query.shape[-1] == key.shape[-1], f"queries and keys differ in features: {shapes}")
    heads = query.shape[1], key.shape[1]
    require(heads[1] > 0 and heads[0] % heads[1] == 0, f"key heads must divide query's: {shapes}")


def _softmax(scores: Any) -> Any:
    """The softmax of each row; 0 where a row holds nothing but -inf."""
    highest = stop_gradient(np.max(scores, axis=-1, keepdims=True, initial=-np.inf))
    weights = np.exp(scores - np.where(highest == -np.inf, 0.0, highest))
    total = np.sum(weights, axis=-1, keepdims=True)
    return weights / np.where(total == 0, 1.0, total)


def _to_scores(g: Any, z: Any, scores: Any, value: Any) -> Any:
    """By the result in place of the weights (Dao et al. 2022, algorithm 4)."""
    pulled = np.matmul(g, np.swapaxes(value, -1, -2))
    return _softmax(scores) * (pulled - np.sum(g * z, axis=-1, keepdims=True))


def _to_value(g: Any, z: Any, scores: Any, value: Any) -> Any:
    return np.matmul(np.swapaxes(_softmax(scores), -1, -2), g)


@gradient(_to_scores, _to_value)
def _attended(scores: Any, value: Any) -> Any:
    return np.matmul(_softmax(scores), value)


@op(
    dtypes=FLOATING,
    also_known_as=("sdpa", "attention"),
    choices=(
        Choice(
            "attention_masked_row",
            "the result of a query that may look at no key",
            _sees_nothing,
            {"zero": DEFINED, "uniform": _average, "nan": np.nan},
        ),
    ),
)
def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    mask: Any = None,
    bias: Any = None,
    *,
    scale: float,
    causal_offset: int | None,
) -> Any:
    """softmax(scale·query·keyᵀ + bias)·value, over the keys that each query may look at.

    Semantics: mask is true where a query may look at a key; with causal_offset c query i may look
    at the keys j ≤ i + c only (None: no such limit). Grouped-query attention where there are fewer
    heads of keys: head h uses key head ⌊h/(Hq/Hk)⌋.
    Constraints: (C1) query: (B, Hq, Lq, D), key: (B, Hk, Lk, D), value: (B, Hk, Lk, Dv), Hk divides
    Hq; (C2) mask (bool) and bias (floating) broadcast to (B, Hq, Lq, Lk).
    Special values: a query that may look at no key gives 0, or as declared by attention_masked_row.
    Gradient: p·(g·valueᵀ - Σ g·z) of the scores, p the softmax; none flows to what is masked.
    Source: Vaswani et al. 2017; ONNX Attention-24; PyTorch scaled_dot_product_attention.
    """
    _require_heads(query, key, value)
    group = query.shape[-3] // key.shape[-3]
    key, value = np.repeat(key, group, axis=-3), np.repeat(value, group, axis=-3)
    scores = np.matmul(scale * query, np.swapaxes(key, -1, -2))
    if bias is not None:
        require_broadcast("bias", bias, scores.shape)
        scores = scores + bias
    visible = _visible(query, key, mask, causal_offset)
    if mask is not None:
        require_broadcast("mask", mask, scores.shape)
    if visible is not None:
        scores = np.where(visible, scores, -np.inf)
    return _attended(scores, value)

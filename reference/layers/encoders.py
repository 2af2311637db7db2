"""The layers of a BERT encoder: embeddings, encoder_block and its two halves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

Weights = Mapping[str, Any]


def part(weights: Weights, prefix: str) -> Weights:
    """The arrays whose names begin with ``prefix``, under the rest of their names."""
    return {n.removeprefix(prefix): a for n, a in weights.items() if n.startswith(prefix)}


def embeddings(
    ops: Any, weights: Weights, tokens: Any, types: Any, positions: Any, *, eps: float
) -> Any:
    """layer_norm of the sum of three table rows: the token's, its type's and its position's.

    Constraints: (C1) tokens and types: (B, L), positions: (L,), integer.
    Source: Devlin et al. 2019, §3.
    """
    words = ops.embedding(weights["word_embeddings.weight"], tokens)
    kinds = ops.embedding(weights["token_type_embeddings.weight"], types)
    places = ops.embedding(weights["position_embeddings.weight"], positions)
    summed = ops.add(ops.add(words, kinds), places)
    return _normalized(ops, part(weights, "LayerNorm."), summed, eps)


def encoder_block(
    ops: Any, weights: Weights, x: Any, mask: Any, *, batch: int, heads: int, head_size: int,
    eps: float,
) -> Any:  # fmt: skip
    """One post-norm transformer block: attention, then the feed-forward half.

    Constraints: (C1) x: (B, L, heads·head_size), batch is B; (C2) mask: bool, (B, 1, 1, L), true
    where there is a token; each sentence has one.
    Source: Vaswani et al. 2017, §3.1; Devlin et al. 2019.
    """
    sizes = {"batch": batch, "heads": heads, "head_size": head_size}
    attended = self_attention(ops, part(weights, "attention."), x, mask, eps=eps, **sizes)
    return feed_forward(ops, weights, attended, eps=eps)


def self_attention(
    ops: Any, weights: Weights, x: Any, mask: Any, *, batch: int, heads: int, head_size: int,
    eps: float,
) -> Any:  # fmt: skip
    """layer_norm(x + W·attention(Q·x, K·x, V·x)), over several heads.

    Constraints: as encoder_block's.
    Source: Vaswani et al. 2017, §3.2.
    """
    query, key, value = (
        _heads(ops, _affine(ops, part(weights, f"self.{name}."), x), (batch, -1, heads, head_size))
        for name in ("query", "key", "value")
    )
    attended = ops.scaled_dot_product_attention(
        query, key, value, mask, scale=1 / math.sqrt(head_size), causal_offset=None
    )
    merged = ops.flatten(ops.permute_dims(attended, axes=(0, 2, 1, 3)), start=2, end=3)
    projected = _affine(ops, part(weights, "output.dense."), merged)
    return _normalized(ops, part(weights, "output.LayerNorm."), ops.add(projected, x), eps)


def feed_forward(ops: Any, weights: Weights, x: Any, *, eps: float) -> Any:
    """layer_norm(x + W₂·gelu(W₁·x)), the exact gelu.

    Source: Devlin et al. 2019, appendix A.2; Hendrycks & Gimpel 2016.
    """
    inner = ops.gelu(_affine(ops, part(weights, "intermediate.dense."), x))
    projected = _affine(ops, part(weights, "output.dense."), inner)
    return _normalized(ops, part(weights, "output.LayerNorm."), ops.add(projected, x), eps)


def _affine(ops: Any, weights: Weights, x: Any) -> Any:
    return ops.linear(x, weights["weight"], weights["bias"])


def _normalized(ops: Any, weights: Weights, x: Any, eps: float) -> Any:
    return ops.layer_norm(x, weights["weight"], weights["bias"], eps=eps)


def _heads(ops: Any, x: Any, shape: tuple[int, int, int, int]) -> Any:
    """(B, L, heads·head_size) as (B, heads, L, head_size)."""
    return ops.permute_dims(ops.reshape(x, shape=shape), axes=(0, 2, 1, 3))

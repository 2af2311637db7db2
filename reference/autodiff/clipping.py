"""Clipping of gradients, which may be an array, or a tree of them: a tuple, list or dict."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.autodiff.trees import leaves, mapped
from tensorcts.reference.constraints import require
from tensorcts.reference.ops.norms import vector_norm


def clip_by_norm(gradients: Any, limit: float, *, ord: float) -> tuple[Any, Any]:
    """The gradients, all divided by norm/limit where that is above 1, and their norm before.

    Semantics: the norm is that of the elements of all arrays together, (Σ |g|**ord)**(1/ord), for
    ord inf the largest. No number is added to the norm, so what is clipped has the norm limit.
    Constraints: (C1) limit > 0.
    Special values: a norm of 0 changes nothing; NaN anywhere makes every element NaN; infinite
    elements become NaN and all others 0.
    Source: Pascanu et al. 2013.
    """
    require(limit > 0, f"limit must be > 0, not {limit}")
    arrays = [np.reshape(g, (-1,)) for g in leaves(gradients) if g is not None]
    together = np.concatenate([np.zeros(0), *arrays])
    norm = vector_norm(together, axis=None, ord=ord, keepdims=False)
    scale = limit / np.maximum(norm, limit)
    return mapped(lambda g: None if g is None else g * scale, gradients), norm


def clip_by_value(gradients: Any, limit: float) -> Any:
    """The gradients with every element brought into [-limit, limit]; NaN stays NaN."""

    def clipped(g: Any) -> Any:
        return None if g is None else np.minimum(np.maximum(g, -limit), limit)

    return mapped(clipped, gradients)

"""Position encodings: rotary_embedding (RoPE)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from tensorcts.reference.arrays.primitives import integers
from tensorcts.reference.constraints import require, require_shape
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import Real, op


@op(dtypes=FLOATING, also_known_as=("rope",))
def rotary_embedding(
    x: Any, positions: Any, *, base: Real, layout: Literal["half", "interleaved"]
) -> Any:
    """Each pair of features turned by the angle position·base^(-2i/D), i the pair's number.

    Semantics: layout "half" pairs feature i with i + D/2 (GPT-NeoX), "interleaved" 2i with 2i + 1
    (GPT-J). Angles are computed in float32 or wider.
    Constraints: (C1) x: (…, L, D), D even; (C2) positions: (L,), integer.
    Special values: position 0 leaves x as it is.
    Gradient: g turned back.
    Source: Su et al. 2021.
    """
    require(x.ndim > 1 and x.shape[-1] % 2 == 0, f"x must be (…, L, D), D even, not {x.shape}")
    require_shape("positions", positions, x.shape[-2:-1])
    half = x.shape[-1] // 2
    frequencies = np.power(base, -integers(half, like=base) / half)
    angles = np.expand_dims(positions, -1) * frequencies
    cos, sin = np.cos(angles), np.sin(angles)
    if layout == "half":
        a, b = x[..., :half], x[..., half:]
        return np.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)
    a, b = x[..., 0::2], x[..., 1::2]
    return np.reshape(np.stack([a * cos - b * sin, b * cos + a * sin], axis=-1), x.shape)

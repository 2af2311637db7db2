"""The table of ops: each name of the registry and what computes it here, family by family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensorcts.backends.torch_eager import (
    activations,
    arithmetic,
    contractions,
    elementwise,
    indexing,
    reductions,
    rows,
    shaping,
    sparses,
)

OPS: dict[str, Callable[..., Any]] = {
    **elementwise.OPS,
    **arithmetic.OPS,
    **activations.OPS,
    **contractions.OPS,
    **shaping.OPS,
    **indexing.OPS,
    **reductions.OPS,
    **rows.OPS,
    **sparses.OPS,
}

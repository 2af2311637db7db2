"""The table of ops: each name of the registry and what computes it here, family by family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensorcts.backends.torch_eager import (
    activations,
    arithmetic,
    complexes,
    contractions,
    convolutions,
    creation,
    elementwise,
    functions,
    grids,
    indexing,
    joining,
    masking,
    matrices,
    movements,
    poolings,
    products,
    reductions,
    rows,
    scans,
    scattering,
    shaping,
    slicing,
    sorting,
    sparses,
    statistics,
)

OPS: dict[str, Callable[..., Any]] = {
    **creation.LIKE,
    **elementwise.OPS,
    **arithmetic.OPS,
    **functions.OPS,
    **complexes.OPS,
    **activations.OPS,
    **contractions.OPS,
    **grids.OPS,
    **products.OPS,
    **matrices.OPS,
    **convolutions.OPS,
    **poolings.OPS,
    **shaping.OPS,
    **slicing.OPS,
    **movements.OPS,
    **joining.OPS,
    **indexing.OPS,
    **scattering.OPS,
    **masking.OPS,
    **sorting.OPS,
    **reductions.OPS,
    **statistics.OPS,
    **scans.OPS,
    **rows.OPS,
    **sparses.OPS,
}

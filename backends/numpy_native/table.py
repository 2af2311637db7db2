"""The table of ops: each name of the registry and what computes it here, family by family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensorcts.backends.numpy_native import (
    activations,
    arithmetic,
    contractions,
    convolutions,
    creation,
    elementwise,
    fusions,
    gates,
    grids,
    indexing,
    joining,
    masking,
    matrices,
    movements,
    poolings,
    products,
    randoms,
    rectifiers,
    reductions,
    rows,
    scans,
    scattering,
    shaping,
    slicing,
    sorting,
    statistics,
)

OPS: dict[str, Callable[..., Any]] = {
    **creation.OPS,
    **elementwise.OPS,
    **arithmetic.OPS,
    **activations.OPS,
    **rectifiers.OPS,
    **gates.OPS,
    **fusions.OPS,
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
    **randoms.OPS,
}

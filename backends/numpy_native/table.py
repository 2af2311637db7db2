"""The table of ops: each name of the registry and what computes it here, family by family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensorcts.backends.numpy_native import (
    activations,
    arithmetic,
    complexes,
    contractions,
    convolutions,
    creation,
    elementwise,
    functions,
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
from tensorcts.reference import registry

OPS: dict[str, Callable[..., Any]] = {
    **creation.OPS,
    **elementwise.OPS,
    **arithmetic.OPS,
    **functions.OPS,
    **complexes.OPS,
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

LACKING: dict[str, str] = {
    **{
        op.name: "NumPy has no sparse arrays; the backend scipy has"
        for op in registry.all_ops()
        if op.family.startswith("sparse_")
    },
    **{
        f"{op}/{dtype}": "numpy.random draws floats of 32 and 64 bits alone"
        for op in ("rand", "randn")
        for dtype in ("float16", "bfloat16")
    },
}
"""Why NumPy does not offer what it does not."""

"""The table of ops: each name of the registry and what computes it here, family by family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensorcts.backends.cuda import (
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
    randoms,
    reductions,
    rows,
    scans,
    scattering,
    shaping,
    slicing,
    sorting,
    sparse_rows,
    sparses,
    statistics,
)
from tensorcts.reference import dtypes, registry

OPS: dict[str, Callable[..., Any]] = {
    **creation.OPS,
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
    **randoms.OPS,
    **sparses.OPS,
    **sparse_rows.OPS,
}

LACKING: dict[str, str] = {
    **{
        f"{op.name}/{dtype}": "cupyx.scipy.sparse holds floats and complex numbers alone"
        for op in registry.all_ops()
        if op.family.startswith("sparse_") and op.name != "coo_transpose"
        for dtype in op.dtypes
        if dtype in dtypes.INTEGER
    },
    **{
        f"{op}/{dtype}": "cupy.random draws floats of 32 and 64 bits alone"
        for op in ("rand", "randn")
        for dtype in ("float16", "bfloat16")
    },
    **dict.fromkeys(dtypes.STORAGE, "CuPy's kernels know no such numbers"),
}
"""Why CuPy, and our kernels beside it, do not offer what they do not."""

"""The table of ops: each name of the registry and what computes it here, family by family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensorcts.backends.opencl import (
    activations,
    arithmetic,
    attentions,
    complexes,
    contractions,
    convolutions,
    counting,
    creation,
    einsums,
    elementwise,
    functions,
    gates,
    indexing,
    masking,
    matrices,
    normalizations,
    norms,
    poolings,
    products,
    randoms,
    reductions,
    scans,
    scattering,
    shaping,
    sorting,
    statistics,
)

OPS: dict[str, Callable[..., Any]] = {
    **creation.OPS,
    **elementwise.OPS,
    **arithmetic.OPS,
    **functions.OPS,
    **complexes.OPS,
    **activations.OPS,
    **gates.OPS,
    **contractions.OPS,
    **einsums.OPS,
    **products.OPS,
    **matrices.OPS,
    **convolutions.OPS,
    **poolings.OPS,
    **shaping.OPS,
    **indexing.OPS,
    **scattering.OPS,
    **masking.OPS,
    **sorting.OPS,
    **counting.OPS,
    **reductions.OPS,
    **statistics.OPS,
    **randoms.OPS,
    **norms.OPS,
    **scans.OPS,
    **normalizations.OPS,
    **attentions.OPS,
}

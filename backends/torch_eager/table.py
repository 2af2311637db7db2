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
from tensorcts.reference import dtypes

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

_NARROW = ("float16", "bfloat16")

LACKING: dict[str, str] = {
    "swish": "PyTorch's silu has no beta",
    "cbrt": "PyTorch has no cube root; pow has none of negative numbers",
    "fma": "PyTorch has no fused multiply-add: addcmul may round the product",
    "nanmax": "PyTorch has no maximum that leaves NaN out; its amax propagates it",
    "nanmin": "PyTorch has no minimum that leaves NaN out; its amin propagates it",
    **dict.fromkeys(
        ("bias_relu", "bias_gelu", "bias_gelu_tanh", "bias_silu", "bias_tanh"),
        "PyTorch's eager kernels fuse no bias with an activation",
    ),
    **dict.fromkeys(
        ("reglu", "geglu", "swiglu"), "PyTorch has one gated unit, glu, whose gate is a sigmoid"
    ),
    **{
        f"histogram/{dtype}": "torch.histogram counts in the array's dtype, too short for counts"
        for dtype in _NARROW
    },
    **{f"quantile/{dtype}": "torch.quantile takes float32 and float64 alone" for dtype in _NARROW},
    **{
        f"csr_sampled_matmul/{dtype}": "torch.sparse.sampled_addmm takes no 16-bit floats"
        for dtype in _NARROW
    },
    **{f"vecdot/{dtype}": "torch.linalg.vecdot takes no integers" for dtype in dtypes.INTEGER},
}
"""Why PyTorch does not offer what it does not on any device; a missing kernel it names itself."""

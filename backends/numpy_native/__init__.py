"""The NumPy backend: the embedded default, a candidate like any other, each op in its own dtype."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.table import LACKING, OPS
from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Backend, Capabilities
from tensorcts.reference import dtypes

Array = NDArray[Any]


class NumpyBackend(Backend):
    """NumPy (and SciPy for erfc) on the CPU."""

    name = "numpy"

    def __init__(self, device: str | None = None) -> None:
        """NumPy has one device, the CPU."""
        if device not in (None, "cpu"):
            raise ValueError(f"the numpy backend has the device cpu only, not {device!r}")
        self._capabilities = Capabilities(
            device=cpu_name(),
            dtypes=frozenset(dtypes.STORABLE),
            versions={"numpy": np.__version__, "scipy": version("scipy")},
            correctly_rounded=frozenset({"divide", "reciprocal", "sqrt"}),
            # tensordot takes axes=-1 for 0
            unchecked=frozenset({"astype/C1", "index_put/C4", "randperm/C1", "tensordot/C1"}),
            traits={
                **dict.fromkeys(("deterministic", "leak_free", "thread_safe"), "yes"),
                "accumulation_rounding": "nearest",
                "activation_at_minus_infinity": "nan",
                "softsign_at_infinity": "nan",
                "cast_out_of_range": "any",
                "frac_of_infinity": "zero",
                "gemm_alpha_zero": "propagate",
                "gemm_beta_zero": "propagate",
                "lgamma_at_minus_infinity": "minus_inf",
                "nan_in_descending_order": "first",
                "scatter_duplicates": "any_of_them",
                "uninitialized": "any",
                "unique_order": "any",
            },
        )

    @property
    def capabilities(self) -> Capabilities:
        """All dtypes; IEEE arithmetic."""
        return self._capabilities

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """Every op of the registry but the sparse ones."""
        return OPS

    @property
    def lacking(self) -> Mapping[str, str]:
        """Sparse arrays, and random numbers of 16 bits."""
        return LACKING

    def to_device(self, array: NDArray[Any]) -> Array:
        """A copy."""
        return np.array(array, order="C")

    def to_host(self, array: Any) -> Array:
        """A copy; NumPy scalars become 0-d arrays."""
        return np.array(array)

    def strided(
        self, array: Array, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
    ) -> Array:
        """A view over the same bytes (NumPy's stride tricks know no dtypes of ml_dtypes)."""
        size = array.itemsize
        steps = tuple(stride * size for stride in strides)
        return np.ndarray(shape, array.dtype, array.view(np.uint8), offset * size, steps)

    def assign(self, target: Array, source: Array) -> None:
        """By assignment to all of it."""
        target[...] = source

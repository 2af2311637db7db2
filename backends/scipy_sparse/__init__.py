"""The SciPy backend: scipy.sparse, which offers the sparse ops and no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Backend, Capabilities
from tensorcts.backends.scipy_sparse.table import LACKING, OPS
from tensorcts.reference import dtypes

Array = NDArray[Any]

_UNCHECKED = {"C2", "C5"}
"""SciPy truncates floating indices, and takes a row_starts that ends early for spare capacity."""


class ScipyBackend(Backend):
    """SciPy's sparse arrays on the CPU."""

    name = "scipy"

    def __init__(self, device: str | None = None) -> None:
        """SciPy has one device, the CPU."""
        if device not in (None, "cpu"):
            raise ValueError(f"the scipy backend has the device cpu only, not {device!r}")
        self._capabilities = Capabilities(
            device=cpu_name(),
            dtypes=frozenset(dtypes.ALL) - {"float16", "bfloat16"},
            versions={"scipy": version("scipy"), "numpy": np.__version__},
            unchecked=frozenset(f"{op}/{label}" for op in OPS for label in _UNCHECKED),
            traits={
                "index_dtype": "int64",
                "sparse_product_pattern": "nonzero",
                "sparse_zero_results": "dropped",
            },
        )

    @property
    def capabilities(self) -> Capabilities:
        """All dtypes but 16-bit floats; what it does not check."""
        return self._capabilities

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """The sparse ops."""
        return OPS

    @property
    def lacking(self) -> Mapping[str, str]:
        """The dense ops, 16-bit floats, and one sparse op."""
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
        """A view by NumPy's stride tricks."""
        steps = tuple(stride * array.itemsize for stride in strides)
        return np.lib.stride_tricks.as_strided(array[offset:], shape, steps)

    def assign(self, target: Array, source: Array) -> None:
        """By assignment to all of it."""
        target[...] = source

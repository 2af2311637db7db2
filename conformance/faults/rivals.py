"""How other suites compare: fixed tolerances, as their sources have them.

Each asks for |got - expected| ≤ atol + rtol·|expected|, NaN for NaN, the same infinities, shape and
dtype; the sign of a zero is free. What is expected is the truth rounded once to the result's dtype,
the best that a reference of theirs can give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes

Array = NDArray[Any]
Tolerance = tuple[float, float]
"""rtol and atol."""


@dataclass(frozen=True)
class Rival:
    """A rule of comparison.

    tolerances: by the dtype of what is expected; ``otherwise`` for those not named.
    source: where they stand.
    """

    name: str
    source: str
    tolerances: Mapping[str, Tolerance]
    otherwise: Tolerance

    def accepts(self, got: Array, expected: Array) -> bool:
        """Whether a test with this rule passes."""
        if (got.shape, got.dtype) != (expected.shape, expected.dtype):
            return False
        tolerance = self.tolerances.get(dtypes.name_of(expected.dtype), self.otherwise)
        return bool(np.all(_close(got, expected, *tolerance)))


@np.errstate(all="ignore")
def _close(got: Array, expected: Array, rtol: float, atol: float) -> NDArray[np.bool_]:
    same = (got == expected) | ((got != got) & (expected != expected))
    if rtol == atol == 0:  # wide integers are distinct where their differences in float64 are not
        return np.asarray(same, bool)
    g, e = (_wide(array) for array in (got, expected))
    return np.asarray(same | (np.isfinite(e) & (np.abs(g - e) <= atol + rtol * np.abs(e))), bool)


def _wide(array: Array) -> Array:
    wide = dtypes.widen(array)
    return wide if wide.dtype.kind == "c" else np.asarray(wide.astype(np.float64))


def _both(sizes: Mapping[str, float]) -> dict[str, Tolerance]:
    """One number for rtol and atol."""
    return {dtype: (size, size) for dtype, size in sizes.items()}


RIVALS = (
    Rival(
        "torch.testing.assert_close",
        "PyTorch 2.13, torch/testing/_comparison.py: _DTYPE_PRECISIONS",
        {
            "float16": (1e-3, 1e-5), "complex32": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5),
            "float32": (1.3e-6, 1e-5), "complex64": (1.3e-6, 1e-5),
            "float64": (1e-7, 1e-7), "complex128": (1e-7, 1e-7),
        },
        (0.0, 0.0),
    ),
    Rival(  # a tolerance of 0 is not passed on, so that NumPy's default holds: rtol = 1e-7
        "JAX's tests",
        "jax/_src/public_test_util.py: _default_tolerance, through numpy.testing.assert_allclose",
        _both({
            "float8_e4m3fn": 1e-1, "float8_e5m2": 1e-1, "bfloat16": 1e-2, "float16": 1e-3,
            "float32": 1e-6, "complex64": 1e-6, "float64": 1e-15, "complex128": 1e-15,
        }),
        (1e-7, 0.0),
    ),
    Rival(
        "ONNX's node tests",
        "ONNX 1.23, onnx/backend/test/runner: assert_similar_outputs, rtol 1e-3 and atol 1e-7",
        {"bfloat16": (2.0**-6, 1e-7)},
        (1e-3, 1e-7),
    ),
)  # fmt: skip

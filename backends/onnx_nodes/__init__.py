"""The ONNX Runtime backend: its CPU kernels, each called as a model of one node."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray

from tensorcts.backends import reasons
from tensorcts.backends.onnx_nodes import arrays, elementwise
from tensorcts.backends.onnx_nodes.nodes import CODES, dtype_of, put
from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Backend, Capabilities, UnavailableError
from tensorcts.reference import dtypes

OPS: dict[str, Callable[..., Any]] = {**elementwise.OPS, **arrays.OPS}

_COMPLEX = "ONNX Runtime has no complex numbers"

LACKING: dict[str, str] = {
    **reasons.of_ops("ONNX Runtime", OPS, {"complexes": _COMPLEX}),
    **dict.fromkeys(dtypes.COMPLEX + dtypes.HALF_COMPLEX, _COMPLEX),
}
"""Why ONNX Runtime, as far as it is adapted, does not offer what it does not."""

_UNCHECKED = frozenset(
    {"max/C1", "max/C2", "min/C1", "min/C2", "sum/C2", "prod/C2", "mean/C1", "logsumexp/C1",
     "conv1d/C3", "conv2d/C3", "pad/C2", "reshape/C2", "broadcast_to/C1", "squeeze/C1",
     "softshrink/C1", "celu/C1", "layer_norm/C2", "embedding/C3"}
)  # fmt: skip
"""Constraints that ONNX does not know, or whose breach the runtime does not notice: the largest
element of nothing is -inf, negative pads crop, negative indices count from the end."""


class OnnxRuntimeBackend(Backend):
    """The kernels of ONNX Runtime's CPU execution provider."""

    name = "onnxruntime"

    def __init__(self, device: str | None = None) -> None:
        """The CPU is the only device."""
        if device not in (None, "cpu"):
            raise UnavailableError(f"onnxruntime is offered on the CPU, not on {device!r}")

    @property
    def capabilities(self) -> Capabilities:
        """What the device is and declares."""
        return Capabilities(
            device=cpu_name(),
            dtypes=frozenset(CODES),
            versions={"onnxruntime": ort.__version__, "onnx": onnx.__version__},
            backward_stable=frozenset(
                f"{op}/{dtype}" for op in ("hardsigmoid", "hardswish") for dtype in dtypes.FLOATING
            ),  # x/6 + ½, as ONNX has it, instead of (x + 3)/6
            unchecked=_UNCHECKED,
            traits={
                "views": "no",
                "one_hot_negative": "wrap",
                "gemm_alpha_zero": "propagate",
                "nan_in_descending_order": "first",
                "activation_at_minus_infinity": "nan",
                "softsign_at_infinity": "nan",
                "cast_out_of_range": "any",
                "integer_division_by_zero": "raises",
                "integer_remainder_by_zero": "raises",
            },
        )

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """The ops that are a node of ONNX, whatever the dtypes that it has a kernel for."""
        return OPS

    @property
    def lacking(self) -> Mapping[str, str]:
        """What is not adapted, and complex numbers."""
        return LACKING

    def to_device(self, array: NDArray[Any]) -> Any:
        """A tensor with a copy."""
        return put(array)

    def to_host(self, array: Any) -> NDArray[Any]:
        """A copy, of what NumPy lacks byte by byte."""
        if (name := dtype_of(array)) not in dtypes.EXTENDED:
            return np.array(array.numpy())
        raw = ctypes.string_at(array.data_ptr(), array.tensor_size_in_bytes())
        return np.frombuffer(raw, dtypes.numpy_dtype(name)).reshape(array.shape()).copy()

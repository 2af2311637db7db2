"""The PyTorch backend: its own kernels, eagerly, on any device that it reaches."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Backend, Capabilities, UnavailableError, UnsupportedError
from tensorcts.backends.torch_eager import creation, randoms, sparses
from tensorcts.backends.torch_eager.adapting import BITS, DTYPES, dtype_of, honest, on
from tensorcts.backends.torch_eager.table import LACKING, OPS
from tensorcts.reference import dtypes


def _opened(name: str) -> torch.device:
    """The device called ``name``, once a tensor has gone there and back."""
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).cpu()
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise UnavailableError(
            f"torch {torch.__version__} can't use the device {name!r}: {reason} "
            "(pip install 'tensorcts[torch]'; pytorch.org lists the builds for each device)"
        ) from error
    return device


def _refused(device: torch.device) -> dict[str, str]:
    """The dtypes that the device has no arrays of, each with torch's reason."""
    refused = {}
    for name in dtypes.STORABLE:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # complex32 is called experimental
                torch.zeros(1, dtype=dtype_of(name), device=device)
        except (RuntimeError, TypeError, UnsupportedError) as error:
            refused[name] = str(error).splitlines()[0]
    return refused


def _model(device: torch.device) -> str:
    """The device as its driver names it."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return cpu_name() if device.type == "cpu" else str(device)


_HOST_BITS = {1: np.uint8, 2: np.int16, 4: np.int32}
_NARROW = ("float16", "bfloat16", "complex32")

_STORED = {"diff", "einsum", "linear", "linspace", "logspace", "logsumexp", "nanmean",
           "scaled_dot_product_attention", "softsign", "tanhshrink"}  # fmt: skip
"""Ops that round intermediate results to the tensor's 16 bits: the first differences, the product
of the first operands, the product before the bias is added, the step, the sum of exponentials, the
sum, the probabilities, 1 + |x|, the tanh."""

_UNCHECKED = {"arange/C2", "astype/C1", "einsum/C5", "index_put/C4", "ldexp/C1", "median/C1",
              "nonzero/C1", "softplus/C1", "std/C1", "var/C1"}  # fmt: skip
"""Constraints whose breach torch does not notice."""

_STORED_ON_GPU = {"index_add", "scatter_add", "scatter_reduce", "vecdot"}
"""More on a GPU: atomic additions, products."""

_STORED_ON_CPU = {"arange", "conv_transpose2d", "cross", "index_add", "index_put", "log_softmax",
                  "logit", "prod", "rsqrt", "scatter_reduce", "softmax", "softmin", "vecdot",
                  "xlog1py", "xlogy"}  # fmt: skip
"""More such ops on the CPU: arange a vector's first element, softmax on all axes but the last,
rsqrt the root where no vector is full, cross and vecdot each product, scatter_reduce
the sum that is to be a mean, logit the odds, xlogy and xlog1py the logarithm."""

_ACCUMULATING_ON_CPU = ("conv_transpose2d", "index_add", "index_put", "prod")
_ACCUMULATING_ON_GPU = ("index_add", "scatter_add", "scatter_reduce")
"""Ops that add or multiply one by one in 16 bits."""

_BROADCASTING = {"tensordot/C4", "vecdot/C2"}
"""Sizes that must be equal, where torch broadcasts a 1."""

_ASSERTED = {"take/C2", "gather/C3", "index/C3", "embedding/C3", "scatter/C3", "scatter_add/C3",
             "scatter_reduce/C3", "put_along_axis/C3", "index_copy/C3", "index_add/C3",
             "index_put/C3"}  # fmt: skip
"""Indices that a kernel on a GPU asserts, which ends the context."""


def _capabilities(device: torch.device, refused: Iterable[str]) -> Capabilities:
    gpu = device.type == "cuda"
    stored = _STORED | (_STORED_ON_GPU if gpu else _STORED_ON_CPU | sparses.NARROW)
    accumulating = _ACCUMULATING_ON_GPU if gpu else (*_ACCUMULATING_ON_CPU, *sparses.NARROW)
    versions = {"torch": torch.__version__, "cuda": torch.version.cuda}
    return Capabilities(
        device=_model(device),
        dtypes=frozenset(dtypes.STORABLE).difference(refused),
        versions={name: str(found) for name, found in versions.items() if found},
        profile="tight" if gpu else "opencl",
        correctly_rounded=frozenset({"divide", "reciprocal", "sqrt"} if gpu else {"divide"}),
        accumulator={
            f"{op}/{dtype}": dtypes.component(dtype) for op in accumulating for dtype in _NARROW
        },
        intermediates=frozenset(f"{op}/{dtype}" for op in stored for dtype in _NARROW),
        unchecked=frozenset(_UNCHECKED | _BROADCASTING | (_ASSERTED if gpu else set()))
        | sparses.UNCHECKED,
        backward_stable=frozenset({"var/float32", "var/float64"}),  # Welford
        traits={
            **({} if gpu else {"accumulation_rounding": "nearest"}),  # tensor cores truncate
            "index_dtype": "int64",
            "activation_at_minus_infinity": "nan",
            "softsign_at_infinity": "nan",
            "attention_masked_row": "zero",
            "nan_in_descending_order": "first",
            "take_along_axis/out_of_range_index": "wrap",
            "scatter_duplicates": "any_of_them",
            "uninitialized": "any",
            "negative_steps": "raises",
            "one_hot_negative": "raises",
            "one_hot_out_of_range": "raises",
            "cast_out_of_range": "any",
            "gemm_alpha_zero": "any",  # 16-bit and batched products propagate
            "float8_e4m3fn_overflow": "saturate",
            "integer_division_by_zero": "any" if gpu else "raises",
            "integer_remainder_by_zero": "any" if gpu else "raises",
            "sign_of_nan": "zero",
            "remainder_zero_sign": "dividend",
            "lerp_of_infinity": "any",
        },
    )


class TorchBackend(Backend):
    """PyTorch's eager kernels; ``torch:cuda`` and the like name the device."""

    name = "torch"

    def __init__(self, device: str | None = None) -> None:
        """Open a device by torch's name for it ("cpu", "cuda:1", "mps"); None is the CPU."""
        self._device = _opened(device or "cpu")
        refused = _refused(self._device)
        self._capabilities = _capabilities(self._device, refused)
        self._lacking = LACKING | refused
        placed = creation.OPS | randoms.OPS
        created = {name: on(self._device, function) for name, function in placed.items()}
        self._ops = {name: honest(function) for name, function in (created | OPS).items()}

    @property
    def capabilities(self) -> Capabilities:
        """What the device is and declares."""
        return self._capabilities

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """Torch's native ops; rotary_embedding is composed."""
        return self._ops

    @property
    def lacking(self) -> Mapping[str, str]:
        """What torch has not, and the dtypes that the device refuses."""
        return self._lacking

    def to_device(self, array: NDArray[Any]) -> Tensor:
        """A copy; what NumPy lacks goes as its bits, since torch does not know ml_dtypes."""
        copy = np.array(array, order="C")
        if (name := dtypes.name_of(copy.dtype)) in dtypes.EXTENDED:
            bits = torch.from_numpy(copy.view(_HOST_BITS[copy.itemsize]))
            return bits.view(DTYPES[name]).to(self._device)
        return torch.from_numpy(copy).to(self._device)

    def to_host(self, array: Any) -> NDArray[Any]:
        """A copy, what NumPy lacks as its bits."""
        here = array.detach().cpu().resolve_conj().resolve_neg()
        if (name := str(here.dtype).removeprefix("torch.")) in dtypes.EXTENDED:
            bits = here.contiguous().view(BITS[here.itemsize]).numpy()
            return np.array(bits).view(dtypes.numpy_dtype(name))
        return np.array(here.numpy())

    def strided(
        self, array: Tensor, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
    ) -> Tensor:
        """A view; torch has no negative strides."""
        if any(stride < 0 for stride in strides):
            raise UnsupportedError("torch has no negative strides")
        return torch.as_strided(array, shape, strides, array.storage_offset() + offset)

    def assign(self, target: Tensor, source: Tensor) -> None:
        """By torch's own copy."""
        target.copy_(source)

    def synchronize(self) -> None:
        """Wait for the device."""
        if self._device.type != "cpu":
            torch.accelerator.synchronize(self._device)

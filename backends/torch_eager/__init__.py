"""The PyTorch backend: its own kernels, eagerly, on any device that it reaches."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tensorcts.backends.protocol import Backend, Capabilities, UnavailableError, UnsupportedError
from tensorcts.backends.torch_eager import autograd, creation, randoms, sparses
from tensorcts.backends.torch_eager.adapting import BITS, DTYPES, dtype_of, honest, on
from tensorcts.backends.torch_eager.declarations import declared
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


_HOST_BITS = {1: np.uint8, 2: np.int16, 4: np.int32}


class TorchBackend(Backend):
    """PyTorch's eager kernels; ``torch:cuda`` and the like name the device."""

    name = "torch"

    def __init__(self, device: str | None = None) -> None:
        """Open a device by torch's name for it ("cpu", "cuda:1", "mps"); None is the CPU."""
        self._device = _opened(device or "cpu")
        refused = _refused(self._device)
        self._capabilities = declared(self._device, refused)
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

    @property
    def differentiates(self) -> bool:
        """By torch.autograd."""
        return True

    def vjp(
        self,
        op: str,
        arrays: Sequence[Any],
        attrs: Mapping[str, Any],
        *cotangents: Sequence[Tensor],
    ) -> tuple[Tensor, ...]:
        """By torch.autograd, with a graph of the gradient where a further order follows."""
        if op in sparses.OPS:
            raise UnsupportedError("autograd does not follow how sparse tensors come apart here")
        return autograd.pulled_back(partial(self._ops[op], **attrs), arrays, cotangents)

    def adopt(self, array: Any) -> Tensor:
        """Torch's view of the memory."""
        return torch.utils.dlpack.from_dlpack(array)

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

    def memory(self) -> int | None:
        """What torch's allocator has given out; it does not count on the CPU."""
        return torch.cuda.memory_allocated(self._device) if self._device.type == "cuda" else None

    def synchronize(self) -> None:
        """Wait for the device."""
        if self._device.type != "cpu":
            torch.accelerator.synchronize(self._device)

    def is_lost(self, error: Exception) -> bool:
        """A kernel's assertion or a bad address ends the context of a GPU."""
        return isinstance(error, torch.AcceleratorError)

"""The CUDA backend: CuPy's kernels, cuBLAS, and ours for what CuPy lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cupy
import numpy as np
from cupy.cuda import nvrtc, runtime
from numpy.typing import NDArray

from tensorcts.backends.cuda.adapting import BFLOAT16, honest
from tensorcts.backends.cuda.kernels import OPTIONS
from tensorcts.backends.cuda.table import LACKING, OPS
from tensorcts.backends.protocol import Backend, Capabilities, UnavailableError
from tensorcts.reference import dtypes

_ACCUMULATING = ("index_add", "index_put", "prod", "scatter_add", "scatter_reduce")
"""Ops that add or multiply in float16: atomic additions and partial products."""

_STORED = ("arange", *_ACCUMULATING)
"""Ops that round to float16 on the way: the step, and what accumulates there."""

_ROUNDED = frozenset({"divide", "sqrt", "reciprocal", "fma/float32", "fma/float64"})
"""Primitives that CUDA rounds correctly with its default options."""


_FATAL = frozenset({700, 710, 714, 715, 716, 717, 718, 719})
"""cudaErrorIllegalAddress, cudaErrorAssert and the other errors after which a context is of no use
(CUDA Runtime API, cudaError)."""


def _opened(name: str) -> Any:
    """The device of that number, once it has computed something."""
    try:
        device = cupy.cuda.Device(int(name))
        with device:
            int(cupy.arange(2).sum())
    except (RuntimeError, ValueError, OSError, ImportError) as error:
        raise UnavailableError(
            f"CuPy {cupy.__version__} can't use the CUDA device {name!r}: {error}; an NVIDIA GPU "
            "and driver are needed (pip install 'tensorcts[cuda]'; devices are cuda:0, cuda:1, ...)"
        ) from error
    return device


def _without_bfloat16(device: Any) -> str | None:
    """Why CuPy computes no bfloat16 here (its kernels need CUDA's headers), or None."""
    try:
        with device:
            one = cupy.ones(1, np.float32).astype(BFLOAT16)
            (one + one).astype(np.float32).item()
    except Exception as error:  # a compiler's message, whatever its type
        return f"CuPy can't compile its kernels: {str(error).strip().splitlines()[0]}"
    return None


def _version(number: int) -> str:
    """CUDA's way to count: 13010 is 13.1."""
    return f"{number // 1000}.{number % 1000 // 10}"


def _versions() -> dict[str, str]:
    return {
        "cupy": cupy.__version__,
        "cuda": _version(runtime.runtimeGetVersion()),
        "driver": _version(runtime.driverGetVersion()),
        "nvrtc": ".".join(map(str, nvrtc.getVersion())),
        "kernels": " ".join((*OPTIONS, "--fmad=true")),
    }


def _capabilities(device: Any, lacking: Mapping[str, str]) -> Capabilities:
    return Capabilities(
        device=runtime.getDeviceProperties(device.id)["name"].decode(),
        dtypes=frozenset(dtypes.STORABLE).difference(lacking),
        versions=_versions(),
        profile="tight",
        correctly_rounded=_ROUNDED,
        accumulator={f"{op}/float16": "float16" for op in _ACCUMULATING},
        intermediates=frozenset(f"{op}/float16" for op in _STORED),
        unchecked=frozenset({"arange/C2", "astype/C1", "tensordot/C1"}),
        traits={
            "index_dtype": "int64",
            "uninitialized": "any",
            "flush_subnormals": "all",  # CuPy compiles its kernels with -ftz=true
            "activation_at_minus_infinity": "zero",
            "running_extreme_tie": "last",
            "softsign_at_infinity": "limit",
            "attention_masked_row": "zero",
            "nan_in_descending_order": "first",
            "out_of_range_index": "wrap",
            "scatter_duplicates": "any_of_them",
            "cast_out_of_range": "any",
            "integer_division_by_zero": "zero",
            "integer_remainder_by_zero": "zero",
            "integer_division_overflow": "wrap",
            "exponent_of_non_finite": "any",
            "lgamma_at_minus_infinity": "minus_inf",
            "floor_division_of_infinity": "quotient",
            "floor_of_quotient": "rounded_or_flushed",
            "nextafter_zero": "normal",  # with -ftz=true
            "frac_of_infinity": "zero",
            "shift_out_of_range": "any",
        },
    )


class CudaBackend(Backend):
    """CuPy on an NVIDIA GPU; ``cuda:1`` names the second one."""

    name = "cuda"

    def __init__(self, device: str | None = None) -> None:
        """Open a GPU by its number; None is the first."""
        self._device = _opened(device or "0")
        reason = _without_bfloat16(self._device)
        self._lacking = LACKING | ({"bfloat16": reason} if reason else {})
        self._capabilities = _capabilities(self._device, self._lacking)
        self._ops = {name: honest(function, self._device) for name, function in OPS.items()}

    @property
    def capabilities(self) -> Capabilities:
        """What the GPU is and declares."""
        return self._capabilities

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """CuPy's native ops, and our kernels' for what it lacks."""
        return self._ops

    @property
    def lacking(self) -> Mapping[str, str]:
        """What CuPy has not, and bfloat16 where its kernels can't be compiled."""
        return self._lacking

    def to_device(self, array: NDArray[Any]) -> Any:
        """A copy; bfloat16 goes as its bits."""
        row = np.array(array, order="C").reshape(-1)  # a 0-d -0 would become +0 in cupy.array
        with self._device:
            if row.dtype == BFLOAT16:
                return cupy.array(row.view(np.uint16)).view(BFLOAT16).reshape(array.shape)
            return cupy.array(row).reshape(array.shape)

    def to_host(self, array: Any) -> NDArray[Any]:
        """A copy; bfloat16 comes as its bits."""
        with self._device:
            if array.dtype == BFLOAT16:
                return np.array(cupy.asnumpy(array.view(np.uint16))).view(BFLOAT16)
            return np.array(cupy.asnumpy(array))

    def adopt(self, array: Any) -> Any:
        """CuPy's view of the memory."""
        return cupy.from_dlpack(array)

    def strided(
        self, array: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
    ) -> Any:
        """A view by CuPy's stride tricks; negative strides work as well."""
        steps = tuple(stride * array.itemsize for stride in strides)
        return cupy.lib.stride_tricks.as_strided(array[offset:], shape, steps)

    def assign(self, target: Any, source: Any) -> None:
        """By assignment to all of it."""
        target[...] = source

    def synchronize(self) -> None:
        """Wait for the GPU; what its kernels did wrong is raised here."""
        self._device.synchronize()

    def is_lost(self, error: Exception) -> bool:
        """A bad address or an assertion ends the context."""
        return getattr(error, "status", None) in _FATAL

"""The backend class: what OpenCL offers, as the protocol asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from importlib.metadata import version
from typing import Any

import numpy as np
import pyopencl as cl
from numpy.typing import NDArray

from tensorcts.backends.opencl import devices
from tensorcts.backends.opencl.arrays import DeviceArray, broadcasted, view
from tensorcts.backends.opencl.elementwise import binary, unary
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.backends.opencl.table import OPS
from tensorcts.backends.protocol import Backend, Capabilities
from tensorcts.reference import dtypes, registry

_TRAITS = {
    **dict.fromkeys(("batch_invariant", "deterministic", "leak_free", "thread_safe"), "yes"),
    "accumulation_rounding": "nearest",
    "activation_at_minus_infinity": "zero",
    "attention_masked_row": "zero",
    "cast_out_of_range": "saturate",
    "index_dtype": "int64",
    "integer_division_by_zero": "zero",
    "integer_division_overflow": "wrap",
    "integer_remainder_by_zero": "zero",
    "random_generator": "philox4x32_10",
    "running_extreme_tie": "last",
    "scatter_duplicates": "last",
    "softsign_at_infinity": "limit",
    "uninitialized": "any",
}


class OpenCLBackend(Backend):
    """Any OpenCL 1.2 device: PoCL on a CPU, a vendor's platform on a GPU."""

    name = "opencl"

    def __init__(self, device: str | None = None) -> None:
        """``device``: part of a platform's or device's name; without one a GPU is preferred."""
        self._device = devices.choose(device)
        self._runtime = Runtime(self._device)
        self._ops = {name: partial(_call, name, op, self._runtime) for name, op in OPS.items()}

    @cached_property
    def capabilities(self) -> Capabilities:
        """What the device reports; the traits are those of our kernels."""
        device = self._device
        return Capabilities(
            device=device.name.strip(),
            dtypes=self._runtime.dtypes,
            versions={
                "pyopencl": version("pyopencl"),
                "platform": f"{device.platform.name.strip()}: {device.platform.version.strip()}",
                "driver": device.driver_version.strip(),
            },
            correctly_rounded=_correctly_rounded(device),
            traits={**_TRAITS, "flush_subnormals": _flushing(self._runtime)},
        )

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """Every op of the registry."""
        return self._ops

    @property
    def lacking(self) -> Mapping[str, str]:
        """The dtypes that the device can't compute in."""
        return self._runtime.lacking

    def to_device(self, array: NDArray[Any]) -> DeviceArray:
        """A contiguous copy."""
        self._runtime.demand(dtypes.name_of(array.dtype))
        return self._runtime.upload(array)

    def to_host(self, array: DeviceArray) -> NDArray[Any]:
        """A copy, made when all work before it is done."""
        return self._runtime.download(array)

    def strided(
        self, array: DeviceArray, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
    ) -> DeviceArray:
        """A view, checked to stay inside of the array."""
        if array.ndim != 1:
            raise ValueError(f"array must be 1-d, not of shape {array.shape}")
        reach = [(n - 1) * s for n, s in zip(shape, strides)]
        lowest = offset + sum(r for r in reach if r < 0)
        highest = offset + sum(r for r in reach if r > 0)
        if 0 not in shape and not 0 <= lowest <= highest < array.size:
            raise ValueError(
                f"strides {strides} from offset {offset} reach from {lowest} to {highest} for the "
                f"shape {shape}, outside of {array.size} elements"
            )
        step = array.strides[0]
        return view(array, shape, [s * step for s in strides], array.offset + offset * step)

    def assign(self, target: DeviceArray, source: DeviceArray) -> None:
        """By the copy kernel; ValueError where elements of the target share their memory."""
        if any(n > 1 and step == 0 for n, step in zip(target.shape, target.strides)):
            raise ValueError(
                f"target of shape {target.shape} and strides {target.strides} repeats elements"
            )
        self._runtime.copy_to(target, broadcasted(source, target.shape))

    def synchronize(self) -> None:
        """Wait for the queue."""
        self._runtime.queue.finish()


def _call(
    name: str, op: Callable[..., Any], runtime: Runtime, *arrays: DeviceArray | None, **attrs: Any
) -> Any:
    """The op, for a dtype that it is defined for; complaints begin with its name."""
    try:
        _check_dtypes(name, runtime, arrays, attrs.get("dtype"))
        return op(runtime, *arrays, **attrs)
    except (TypeError, ValueError, IndexError) as error:
        raise type(error)(f"{name}: {error}") from error


def _check_dtypes(
    name: str, runtime: Runtime, arrays: tuple[DeviceArray | None, ...], wanted: str | None
) -> None:
    """TypeError for an array or a dtype that the op is not defined for."""
    for x in arrays:
        if x is not None and not isinstance(x, DeviceArray):
            raise TypeError(f"the arrays must be arrays of this backend, not {type(x).__name__}")
    if wanted is not None:
        dtypes.numpy_dtype(wanted)
        runtime.demand(wanted)
    leading = arrays[1:2] if name == "where" else arrays[:1]
    called = leading[0].dtype if leading and leading[0] is not None else wanted
    defined = registry.get(name).dtypes
    if called is not None and called not in defined:
        raise TypeError(f"dtype {called} is none of {', '.join(defined)}")


def _correctly_rounded(device: cl.Device) -> frozenset[str]:
    """Division and root are, in double always, in float where the device says so; fma always."""
    rounded = device.single_fp_config & cl.device_fp_config.CORRECTLY_ROUNDED_DIVIDE_SQRT
    quotients = {"divide", "reciprocal", "sqrt"} if rounded else set()
    return frozenset({"fma/float32", "fma/float64", *quotients})


def _flushing(runtime: Runtime) -> str:
    """Whether subnormal float32 numbers are lost everywhere, or as results of functions: tried."""
    one, tiny, low = (runtime.upload(np.array([x], np.float32)) for x in (1, 2.0**-140, -100))
    if not runtime.download(binary("multiply", runtime, one, tiny))[0]:
        return "all"
    return "no" if runtime.download(unary("exp", runtime, low))[0] else "results"

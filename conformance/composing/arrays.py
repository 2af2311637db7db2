"""``Composed``: an array on a device that answers to NumPy's functions with the backend's ops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Backend, UnsupportedError
from tensorcts.reference import dtypes, registry
from tensorcts.reference.arrays.dispatch import Interpreter


class Composed(Interpreter):
    """An array on a device, of a dtype by name."""

    level = 0

    def __init__(self, value: Any, dtype: str, shape: tuple[int, ...], device: Device) -> None:
        """Wrap what the backend has its arrays as."""
        self.value, self.name, self.sizes, self.device = value, dtype, shape, device

    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run the backend's op of the function's meaning."""
        return self.device.interpreted(self.device, function, *args, **kwargs)

    def __bool__(self) -> bool:
        return bool(self.fetched())

    @property
    def inner(self) -> Any:
        """A host array of the same shape and dtype that holds nothing."""
        return np.broadcast_to(np.zeros((), dtypes.numpy_dtype(self.name)), self.sizes)

    def fetched(self) -> NDArray[Any]:
        """What it holds, on the host."""
        self.device.backend.synchronize()
        return self.device.backend.to_host(self.value)


@dataclass(frozen=True)
class Device:
    """Where gradients are composed.

    dtype: that of all real floats; complex numbers are of two of them.
    interpreted: what a NumPy function means here.
    """

    backend: Backend
    dtype: str
    interpreted: Callable[..., Any]

    @property
    def complex(self) -> str:
        """The dtype of complex numbers; nothing is computed in those of two 16-bit floats."""
        whole = dtypes.complex_of(self.dtype)
        return whole if whole in dtypes.COMPLEX else "complex64"

    def call(self, name: str, /, *arrays: Any, **attrs: Any) -> Any:
        """The result of the backend's op, an array or a tuple; raises UnsupportedError."""
        given = [self.lifted(a) for a in arrays]
        dtype = given[-1].name if name == "where" else given[0].name
        reason = self.backend.unsupported(name, dtype)
        if reason is not None:
            raise UnsupportedError(f"the composed gradient needs {name}: {reason}")
        op = registry.get(name)
        found = self.backend.ops[name](*(a.value for a in given), **attrs)
        if isinstance(found, tuple | list):
            several = isinstance(op.result, tuple)
            names = (op.result_dtype(dtype, attrs, n if several else 0) for n in range(len(found)))
            return tuple(map(self._wrapped, found, names))
        return self._wrapped(found, op.result_dtype(dtype, attrs))

    def _wrapped(self, value: Any, dtype: str) -> Composed:
        return Composed(value, dtype, tuple(int(n) for n in value.shape), self)

    def taken(self, value: Any) -> Any:
        """An argument: floats stay on the device, whole numbers and booleans come to the host."""
        host = self.backend.to_host(value)
        name = dtypes.name_of(host.dtype)
        return Composed(value, name, host.shape, self) if dtypes.is_inexact(name) else host

    def lifted(self, x: Any, dtype: str | None = None) -> Composed:
        """The array on the device, of the dtype if one is given; numbers are stored as floats."""
        if isinstance(x, Composed):
            return x if dtype in (None, x.name) else self.call("astype", x, dtype=dtype)
        array = np.asarray(x)
        kinds = {"f": self.dtype, "c": self.complex}
        name = dtype or kinds.get(array.dtype.kind) or dtypes.name_of(array.dtype)
        with np.errstate(all="ignore"):
            host = array.astype(dtypes.numpy_dtype(name))
        return Composed(self.backend.to_device(host), name, host.shape, self)

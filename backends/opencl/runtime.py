"""The runtime: a queue on one device, memory, transfers, and the launching of kernels."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import pyopencl as cl
from numpy.typing import NDArray

from tensorcts.backends.opencl.arrays import DeviceArray, Shape, itemsize, permuted, row_major, view
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.programs import GROUP, Programs
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

_SMALLEST_BUFFER = 16
"""Bytes: OpenCL has no empty buffers, so an empty array owns a buffer that nothing reads."""


class Runtime:
    """One in-order queue, which threads may share."""

    def __init__(self, device: cl.Device) -> None:
        """A context and a queue of their own."""
        self.device = device
        self.has_double = "cl_khr_fp64" in device.extensions
        double = () if self.has_double else ("float64", "complex128")
        self.lacking = dict.fromkeys(double, "the device has no cl_khr_fp64")
        self.dtypes = frozenset(dtypes.STORABLE) - frozenset(double)
        self.context = cl.Context([device])
        self.queue = cl.CommandQueue(self.context)
        self.programs = Programs(self.context, device)

    def demand(self, dtype: str) -> None:
        """Raise UnsupportedError for a dtype that the device can't compute in."""
        if dtype not in self.dtypes:
            reason = self.lacking[dtype]
            raise UnsupportedError(
                f"opencl has no {dtype} arrays on {self.device.name.strip()}: {reason}"
            )

    def empty(self, shape: Sequence[int], dtype: str) -> DeviceArray:
        """A contiguous array of whatever the memory holds."""
        size = max(prod(shape) * itemsize(dtype), _SMALLEST_BUFFER)
        buffer = cl.Buffer(self.context, cl.mem_flags.READ_WRITE, size)
        return DeviceArray(buffer, dtype, tuple(shape), row_major(tuple(shape)))

    def upload(self, array: NDArray[Any]) -> DeviceArray:
        """A contiguous copy of a NumPy array."""
        dtype = dtypes.name_of(array.dtype)
        if array.size == 0:
            return self.empty(array.shape, dtype)
        data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
        flags = cl.mem_flags.READ_WRITE | cl.mem_flags.COPY_HOST_PTR
        buffer = cl.Buffer(self.context, flags, hostbuf=data)
        return DeviceArray(buffer, dtype, array.shape, row_major(array.shape))

    def download(self, array: DeviceArray) -> NDArray[Any]:
        """A NumPy copy of an array."""
        packed = self.contiguous(array)
        data = np.empty(array.size * array.itemsize, np.uint8)
        if data.size:
            start = packed.offset * array.itemsize
            cl.enqueue_copy(self.queue, data, packed.buffer, src_offset=start)
        return data.view(dtypes.numpy_dtype(array.dtype)).reshape(array.shape)

    def launch(
        self, kernel: tuple[str, str, str], groups: int, *arguments: Any, group: int = GROUP
    ) -> None:
        """Run the kernel (family, dtype, name) in that many work-groups; none is no launch.

        Arguments are device arrays (their buffers are passed), layouts, and NumPy scalars.
        """
        if groups == 0:
            return
        built = self.programs.kernel(*kernel)
        built.set_args(*[a.buffer if isinstance(a, DeviceArray) else a for a in arguments])
        cl.enqueue_nd_range_kernel(self.queue, built, (groups * group,), (group,))

    def launch_over(self, kernel: tuple[str, str, str], size: int, *arguments: Any) -> None:
        """Run the kernel with at least one work-item for each of ``size`` elements."""
        self.launch(kernel, -(-size // GROUP), *arguments)

    def copy_to(self, target: DeviceArray, x: DeviceArray) -> None:
        """Write the elements of ``x`` to ``target``, both of one shape and element size."""
        kernel = ("movement", f"bytes{x.itemsize}", "copy")
        self.launch_over(kernel, x.size, x, target, layout(x.shape, x, target))

    def copy(self, x: DeviceArray) -> DeviceArray:
        """A contiguous copy."""
        result = self.empty(x.shape, x.dtype)
        self.copy_to(result, x)
        return result

    def contiguous(self, x: DeviceArray) -> DeviceArray:
        """``x`` itself where it is contiguous, else a copy that is."""
        return x if x.contiguous else self.copy(x)

    def reshaped(self, x: DeviceArray, shape: Sequence[int]) -> DeviceArray:
        """The elements in another shape of the same size; a view where ``x`` is contiguous."""
        packed = self.contiguous(x)
        return view(packed, shape, row_major(tuple(shape)), packed.offset)

    def matrix(self, x: DeviceArray, columns: Shape) -> DeviceArray:
        """``x`` as a contiguous matrix, its rows what lies along the axes ``columns``."""
        rows = [a for a in range(x.ndim) if a not in columns]
        sizes = prod(x.shape[a] for a in rows), prod(x.shape[a] for a in columns)
        return self.reshaped(permuted(x, (*rows, *columns)), sizes)

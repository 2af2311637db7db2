"""Creation ops: a number goes to the device as it is; it is converted, repeated, stepped there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray, broadcasted, itemsize, normal_shape
from tensorcts.backends.opencl.checks import integer
from tensorcts.backends.opencl.elementwise import astype
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference import dtypes

_BITS_64 = 2**64


def full(runtime: Runtime, *, shape: tuple[int, ...], value: Any, dtype: str) -> DeviceArray:
    """One number, converted by the cast kernels, repeated by the copy kernel."""
    _check_range("value", value, dtype)
    single = astype(runtime, runtime.upload(_number(runtime, value)), dtype=dtype)
    return runtime.copy(broadcasted(single, normal_shape(shape)))


def _check_range(name: str, value: Any, dtype: str) -> None:
    """ValueError for a number that an integer dtype does not hold."""
    if dtype in dtypes.INTEGER:
        signed = dtype in dtypes.SIGNED
        end = 2 ** (8 * itemsize(dtype) - signed)
        if not -end * signed <= value < end:
            raise ValueError(f"{name} {value} is not in [{-end * signed}, {end}) of {dtype}")


def _number(runtime: Runtime, value: Any) -> Any:
    """The number in the widest dtype of its kind, as an array to upload."""
    if isinstance(value, (bool, np.bool_)):
        return np.array(value, np.bool_)
    if isinstance(value, (int, np.integer)) and -(2**63) <= value < _BITS_64:
        return np.array(value, np.int64 if value < 2**63 else np.uint64)
    if isinstance(value, (complex, np.complexfloating)):
        return np.array(value, np.complex128 if runtime.has_double else np.complex64)
    return np.array(float(value), _real(runtime))


def _real(runtime: Runtime) -> type[np.floating[Any]]:
    return np.float64 if runtime.has_double else np.float32


def zeros(runtime: Runtime, *, shape: tuple[int, ...], dtype: str) -> DeviceArray:
    """Zeros."""
    return full(runtime, shape=shape, value=0, dtype=dtype)


def ones(runtime: Runtime, *, shape: tuple[int, ...], dtype: str) -> DeviceArray:
    """Ones."""
    return full(runtime, shape=shape, value=1, dtype=dtype)


def eye(runtime: Runtime, *, rows: int, columns: int, k: int, dtype: str) -> DeviceArray:
    """The diagonal as bools, then converted."""
    shape = normal_shape((rows, columns), "(rows, columns)")
    mask = runtime.empty(shape, "bool")
    numbers = np.int64(columns), np.int64(integer("k", k)), np.int64(mask.size)
    runtime.launch_over(("creation", "bool", "diagonal"), mask.size, mask, *numbers)
    return astype(runtime, mask, dtype=dtype)


def arange(runtime: Runtime, *, start: Any, stop: Any, step: Any, dtype: str) -> DeviceArray:
    """Computed in int64 or in double, then converted, so that the result rounds once."""
    if step == 0:
        raise ValueError(f"step must not be 0, for start {start} and stop {stop}")
    count = max(math.ceil(float((stop - start) / step)), 0)
    for number in (start, start + (count - 1) * step) if count else ():
        _check_range("start …", number, dtype)
    if dtype in dtypes.INTEGER and all(isinstance(n, (int, np.integer)) for n in (start, step)):
        ramp = runtime.empty((count,), "int64")
        numbers: list[Any] = [np.uint64(int(n) % _BITS_64) for n in (start, step)]
        kernel = "ramp_integer"
    else:
        real = _real(runtime)
        ramp = runtime.empty((count,), real.__name__)
        numbers = [real(start), real(step)]
        kernel = "ramp_real"
    runtime.launch_over(("creation", "bool", kernel), count, ramp, *numbers, np.int64(count))
    return astype(runtime, ramp, dtype=dtype)


def linspace(runtime: Runtime, *, start: Any, stop: Any, num: int, dtype: str) -> DeviceArray:
    """Computed in double (float where there is none), then converted."""
    (count,) = normal_shape((num,), "num")
    real = _real(runtime)
    spread = runtime.empty((count,), real.__name__)
    numbers = real(start), real(stop), np.int64(count)
    runtime.launch_over(("creation", "bool", "spread"), count, spread, *numbers)
    return astype(runtime, spread, dtype=dtype)


def logspace(
    runtime: Runtime, *, start: Any, stop: Any, num: int, base: Any, dtype: str
) -> DeviceArray:
    """The powers of a linspace, computed where it stands."""
    if base <= 0:
        raise ValueError(f"base must be positive, not {base}")
    real = _real(runtime)
    powers = linspace(runtime, start=start, stop=stop, num=num, dtype=real.__name__)
    arguments = powers, real(base), np.int64(powers.size)
    runtime.launch_over(("creation", "bool", "raise"), powers.size, *arguments)
    return astype(runtime, powers, dtype=dtype)


def asarray(
    runtime: Runtime, *, values: tuple[Any, ...], shape: tuple[int, ...], dtype: str
) -> DeviceArray:
    """The numbers as they are, converted by the cast kernels."""
    sizes = normal_shape(shape)
    if len(values) != math.prod(sizes):
        raise ValueError(f"values holds {len(values)} numbers, the shape {shape} another number")
    for value in values:
        _check_range("values:", value, dtype)
    if not values:
        return runtime.empty(sizes, dtype)
    widest = _number(runtime, 0j).dtype if dtypes.is_complex(dtype) else _real(runtime)
    staged = np.array(values, dtype if dtype in dtypes.INTEGER else widest)
    return astype(runtime, runtime.upload(staged.reshape(sizes)), dtype=dtype)


def empty(runtime: Runtime, *, shape: tuple[int, ...], dtype: str) -> DeviceArray:
    """A buffer as it comes."""
    return runtime.empty(normal_shape(shape), dtype)


def empty_like(runtime: Runtime, x: DeviceArray, *, dtype: str) -> DeviceArray:
    """A buffer as it comes."""
    return runtime.empty(x.shape, dtype)


def zeros_like(runtime: Runtime, x: DeviceArray, *, dtype: str) -> DeviceArray:
    """Zeros."""
    return full(runtime, shape=x.shape, value=0, dtype=dtype)


def ones_like(runtime: Runtime, x: DeviceArray, *, dtype: str) -> DeviceArray:
    """Ones."""
    return full(runtime, shape=x.shape, value=1, dtype=dtype)


def full_like(runtime: Runtime, x: DeviceArray, *, value: Any, dtype: str) -> DeviceArray:
    """One number."""
    return full(runtime, shape=x.shape, value=value, dtype=dtype)


OPS: dict[str, Callable[..., Any]] = {
    "zeros": zeros,
    "ones": ones,
    "full": full,
    "eye": eye,
    "arange": arange,
    "linspace": linspace,
    "logspace": logspace,
    "asarray": asarray,
    "empty": empty,
    "empty_like": empty_like,
    "zeros_like": zeros_like,
    "ones_like": ones_like,
    "full_like": full_like,
}

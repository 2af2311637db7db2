"""What every op asks of its arguments; each complaint names the argument and quotes its value."""

from __future__ import annotations

from typing import Any

from tensorcts.backends.opencl.arrays import DeviceArray
from tensorcts.reference import dtypes


def one_dtype(**arrays: DeviceArray | None) -> str:
    """The one dtype of all the arrays that are given; TypeError where they differ."""
    found = {name: x.dtype for name, x in arrays.items() if x is not None}
    if len(set(found.values())) != 1:
        listed = ", ".join(f"{name}: {dtype}" for name, dtype in found.items())
        raise TypeError(f"the arrays must have one dtype, not {listed}")
    return next(iter(found.values()))


def has_dtype(name: str, x: DeviceArray, *allowed: str) -> None:
    """TypeError unless the array has one of the dtypes."""
    if x.dtype not in allowed:
        raise TypeError(f"{name} must be {' or '.join(allowed)}, not {x.dtype}")


def is_integer(name: str, x: DeviceArray) -> None:
    """TypeError unless the array holds integers."""
    has_dtype(name, x, *dtypes.INTEGER)


def has_shape(name: str, x: DeviceArray, shape: tuple[int, ...]) -> None:
    """ValueError unless the array has the shape."""
    if x.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {x.shape}")


def integer(name: str, value: Any) -> int:
    """The attribute as an int; TypeError unless it is one."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be an integer, not {value!r}")
    return int(value)

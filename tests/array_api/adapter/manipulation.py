"""Casts, and functions that move elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.registry import get

from .running import Device, run, together

Axes = int | tuple[int, ...]


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Device = None) -> Any:
    name = dtypes.name_of(dtype)
    if x.dtype.kind not in "iu" or not dtypes.is_inexact(name):
        return run("astype", x, dtype=name)
    exact = get("astype").function(Exact(x), dtype=name)  # float64 would round a 64-bit integer
    return dtypes.round_once(*exact.split(), name)


def broadcast_arrays(*arrays: Any) -> Any:
    shapes = [np.zeros(np.shape(a), bool) for a in arrays]
    shape = run("broadcast_arrays", *shapes)[0].shape if arrays else ()
    return [broadcast_to(a, shape) for a in arrays]


def broadcast_to(x: Any, /, shape: tuple[int, ...]) -> Any:
    return run("broadcast_to", x, shape=tuple(shape))


def concat(arrays: Any, /, *, axis: int | None = 0) -> Any:
    given = together(*arrays)
    if axis is None:
        given, axis = [run("reshape", a, shape=(-1,)) for a in given], 0
    return run("concat", *given, axis=axis)


def diff(x: Any, /, *, axis: int = -1, n: int = 1, prepend: Any = None, append: Any = None) -> Any:
    parts = [part for part in (prepend, x, append) if part is not None]
    return run("diff", concat(parts, axis=axis), axis=axis, n=n)


def expand_dims(x: Any, /, axis: Axes) -> Any:
    return run("expand_dims", x, axis=axis)


def flip(x: Any, /, *, axis: Axes | None = None) -> Any:
    return run("flip", x, axis=axis)


def moveaxis(x: Any, source: Axes, destination: Axes, /) -> Any:
    return run("moveaxis", x, source=source, destination=destination)


def permute_dims(x: Any, /, axes: tuple[int, ...]) -> Any:
    return run("permute_dims", x, axes=axes)


def repeat(x: Any, repeats: Any, /, *, axis: int | None = None) -> Any:
    return run("repeat", x, np.asarray(repeats), axis=axis)


def reshape(x: Any, /, shape: tuple[int, ...], *, copy: bool | None = None) -> Any:
    return run("reshape", x, shape=tuple(shape))


def roll(x: Any, /, shift: Axes, *, axis: Axes | None = None) -> Any:
    return run("roll", x, shift=shift, axis=axis)


def squeeze(x: Any, /, axis: Axes) -> Any:
    return run("squeeze", x, axis=axis)


def stack(arrays: Any, /, *, axis: int = 0) -> Any:
    return run("stack", *together(*arrays), axis=axis)


def tile(x: Any, repetitions: tuple[int, ...], /) -> Any:
    return run("tile", x, repetitions=tuple(repetitions))


def unstack(x: Any, /, *, axis: int = 0) -> Any:
    return run("unstack", x, axis=axis)

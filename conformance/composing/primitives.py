"""What NumPy's functions mean in a backend's ops: names, attributes, and the dtypes that meet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.special

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.conformance.composing.arrays import Composed, Device
from tensorcts.reference import dtypes, registry
from tensorcts.reference.arrays import primitives
from tensorcts.reference.arrays.dispatch import slice_of


def interpreted(device: Device, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The result of a NumPy function, or of a primitive of ours, by the backend's ops."""
    if function in RULES:
        return RULES[function](device, *args, **kwargs)
    name = ELEMENTWISE.get(function, getattr(function, "__name__", ""))
    if isinstance(function, np.ufunc) and name in registry.OPS:
        return device.call(name, *_alike(device, args))
    raise UnsupportedError(f"no op has the meaning of {name or function!r}")


def _alike(device: Device, arrays: Sequence[Any]) -> list[Composed]:
    """The operands in one dtype: that of complex numbers or of floats where there are any."""
    kinds = {np.asarray(a.inner if isinstance(a, Composed) else a).dtype.kind for a in arrays}
    if kinds == {"b"}:
        return [device.lifted(a) for a in arrays]
    own = [a.name for a in arrays if isinstance(a, Composed) and a.name != "bool"]
    whole = not kinds - set("biu")
    inexact = device.complex if "c" in kinds else device.dtype
    dtype = own[0] if whole and own else "int64" if whole else inexact
    return [device.lifted(a, dtype) for a in arrays]


def _where(device: Device, condition: Any, x: Any, y: Any) -> Any:
    return device.call("where", device.lifted(condition, "bool"), *_alike(device, (x, y)))


def _counted(device: Device, x: Any) -> Composed:
    """The array as numbers: booleans are 0 and 1."""
    return device.lifted(x, device.dtype if x.name == "bool" else None)


def _total(name: str) -> Callable[..., Any]:
    def total(device: Device, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        x = _counted(device, x)
        return device.call(name, x, axis=_axes(axis), keepdims=keepdims, dtype=x.name)

    return total


def _reduction(name: str) -> Callable[..., Any]:
    def reduction(
        device: Device, x: Any, axis: Any = None, *, keepdims: bool = False, initial: Any = None
    ) -> Any:
        if x.size == 0 and initial is not None:
            return device.lifted(np.sum(x.inner, axis=axis, keepdims=keepdims) + initial)
        return device.call(name, x, axis=_axes(axis), keepdims=keepdims)

    return reduction


def _scan(name: str) -> Callable[..., Any]:
    def scan(device: Device, x: Any, axis: int) -> Any:
        x = _counted(device, x)
        return device.call(name, x, axis=axis, include_initial=False, dtype=x.name)

    return scan


def _axes(axis: Any) -> Any:
    return tuple(int(a) for a in axis) if isinstance(axis, list | tuple) else axis


def _shape(shape: Any, size: int) -> tuple[int, ...]:
    """The shape with -1 made out."""
    sizes = [int(n) for n in (shape if isinstance(shape, tuple | list) else (shape,))]
    known = math.prod(n for n in sizes if n != -1)
    return tuple(size // max(known, 1) if n == -1 else n for n in sizes)


def _transpose(device: Device, x: Any, axes: Any = None) -> Any:
    order = tuple(range(x.ndim))[::-1] if axes is None else tuple(int(a) for a in axes)
    return device.call("permute_dims", x, axes=order)


def _squeeze(device: Device, x: Any, axis: Any = None) -> Any:
    ones = tuple(i for i, n in enumerate(x.shape) if n == 1) if axis is None else _axes(axis)
    return device.call("squeeze", x, axis=ones)


def _expand_dims(device: Device, x: Any, axis: Any) -> Any:
    shape = np.expand_dims(x.inner, axis).shape
    return device.call("reshape", x, shape=shape)


def _concatenate(device: Device, arrays: Any, axis: int = 0) -> Any:
    return device.call("concat", *_alike(device, arrays), axis=axis)


def _take(device: Device, x: Any, indices: Any, axis: Any = None) -> Any:
    """``np.take`` with indices of any shape; the op has a list of them."""
    places = device.lifted(indices)
    x = device.lifted(x)
    flat = device.call("reshape", places, shape=(places.size,))
    if axis is None:
        x, axis = device.call("reshape", x, shape=(x.size,)), 0
    taken = device.call("take", x, flat, axis=axis)
    first = axis % x.ndim
    return device.call(
        "reshape", taken, shape=(*x.shape[:first], *places.shape, *x.shape[first + 1 :])
    )


def _take_along_axis(device: Device, x: Any, indices: Any, axis: int) -> Any:
    return device.call("take_along_axis", x, indices, axis=axis)


def _repeat(device: Device, x: Any, repeats: Any, axis: Any = None) -> Any:
    return device.call("repeat", x, np.asarray(repeats, np.int64), axis=axis)


def _einsum(device: Device, subscripts: str, *operands: Any) -> Any:
    return device.call("einsum", *_alike(device, operands), subscripts=subscripts)


def _slice_of(device: Device, x: Any, *, index: Any) -> Any:
    return device.call("getitem", x, index=index if isinstance(index, tuple) else (index,))


def _scatter_to(device: Device, x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    return device.call("put_along_axis", x, index, updates, axis=axis)


def _scatter_sum(device: Device, x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    return device.call("scatter_add", x, index, updates, axis=axis)


def _zeros_like(device: Device, x: Any, shape: Any = None, **more: Any) -> Any:
    dtype = x.name if isinstance(x, Composed) else device.dtype
    return device.lifted(np.zeros(np.shape(x) if shape is None else shape), dtype)


def _convert(device: Device, x: Any, *, dtype: str) -> Any:
    if dtypes.is_complex(dtype):
        return device.lifted(x, device.complex)
    if dtypes.is_inexact(dtype):
        return device.lifted(_part("real")(device, x), device.dtype)
    return device.lifted(x, dtype)


def _argsort(device: Device, x: Any, axis: int = -1, **more: Any) -> Any:
    return device.call("argsort", x, axis=axis, descending=False, stable=True)


def _argextreme(name: str) -> Callable[..., Any]:
    def argextreme(device: Device, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        return device.call(name, x, axis=axis, keepdims=keepdims)

    return argextreme


def _on_host(function: Callable[..., Any]) -> Callable[..., Any]:
    """Questions about places: those of what a mask, made on the device, holds."""
    return lambda device, x, *args: function(x.fetched(), *args)


def _part(name: str) -> Callable[..., Any]:
    """An op of complex numbers that leaves real ones as they are."""

    def part(device: Device, x: Any) -> Any:
        return device.call(name, x) if np.iscomplexobj(x.inner) else x

    return part


def _identity(device: Device, x: Any, *more: Any) -> Any:
    return x


ADDING: dict[str, str] = {
    "sum": "sum",
    "prod": "prod",
    "cumsum": "cumulative_sum",
    "cumprod": "cumulative_prod",
    "matmul": "matmul",
    "einsum": "einsum",
    "scatter_sum": "scatter_add",
}
"""The ops that primitives which accumulate are called as."""

ELEMENTWISE: dict[Any, str] = {
    **primitives.ARITHMETIC,
    np.rint: "round",
    np.absolute: "abs",
    np.square: "square",
    scipy.special.gammaln: "lgamma",
    scipy.special.psi: "digamma",
}
"""Ops that have another name than NumPy's function."""

RULES: dict[Any, Callable[..., Any]] = {
    np.where: _where,
    np.sum: _total("sum"),
    np.prod: _total("prod"),
    np.max: _reduction("max"),
    np.min: _reduction("min"),
    np.any: _reduction("any"),
    np.all: _reduction("all"),
    np.cumsum: _scan("cumulative_sum"),
    np.cumprod: _scan("cumulative_prod"),
    np.reshape: lambda device, x, shape: device.call("reshape", x, shape=_shape(shape, x.size)),
    np.transpose: _transpose,
    np.broadcast_to: lambda device, x, shape: device.call(
        "broadcast_to", x, shape=_shape(shape, 1)
    ),
    np.squeeze: _squeeze,
    np.expand_dims: _expand_dims,
    np.swapaxes: lambda device, x, a, b: device.call("swapaxes", x, axis1=a, axis2=b),
    np.moveaxis: lambda device, x, a, b: device.call(
        "moveaxis", x, source=_axes(a), destination=_axes(b)
    ),
    np.flip: lambda device, x, axis=None: device.call("flip", x, axis=_axes(axis)),
    np.concatenate: _concatenate,
    np.repeat: _repeat,
    np.take: _take,
    np.take_along_axis: _take_along_axis,
    np.matmul: lambda device, x, y: device.call("matmul", *_alike(device, (x, y))),
    np.einsum: _einsum,
    np.ldexp: lambda device, x, exponent: device.call("ldexp", x, exponent),
    np.round: lambda device, x: device.call("round", x),
    np.argsort: _argsort,
    np.argmax: _argextreme("argmax"),
    np.argmin: _argextreme("argmin"),
    np.argwhere: _on_host(np.argwhere),
    np.nonzero: _on_host(np.nonzero),
    np.shape: lambda device, x: x.shape,
    np.ndim: lambda device, x: x.ndim,
    np.size: lambda device, x: x.size,
    np.real: _part("real"),
    np.imag: lambda device, x: device.call("imag", x),
    np.conjugate: _part("conj"),
    np.zeros_like: _zeros_like,
    slice_of: _slice_of,
    primitives.scatter_to: _scatter_to,
    primitives.scatter_sum: _scatter_sum,
    primitives.select: lambda device, x, mask: device.call("masked_select", x, mask),
    primitives.convert: _convert,
    primitives.join_parts: lambda device, x, y: device.call("complex", *_alike(device, (x, y))),
    primitives.stop_gradient: _identity,
    primitives.held: lambda device, number, like: number,
    primitives.exponent_of: lambda device, x: device.call("frexp", x)[1],
}
"""How a function that is no ufunc is called, and those whose ops take attributes."""

"""Creation functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference import dtypes

from .running import Device, dtype_name, run

_DEFAULTS = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}


def _named(dtype: Any, *numbers: Any) -> str:
    """The dtype's name, or that of the default dtype for Python numbers."""
    if dtype is not None:
        return dtypes.name_of(dtype)
    kinds = list(_DEFAULTS)
    return _DEFAULTS[max(map(type, numbers), key=kinds.index)] if numbers else "float64"


def _shape(shape: Any) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def _like(x: Any, dtype: Any) -> str:
    return dtype_name(x) if dtype is None else dtypes.name_of(dtype)


def arange(
    start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Device = None
) -> Any:
    start, stop = (0, start) if stop is None else (start, stop)
    name = _named(dtype, start, stop, step)
    return run("arange", called=name, start=start, stop=stop, step=step, dtype=name)


def asarray(
    obj: Any, /, *, dtype: Any = None, device: Device = None, copy: bool | None = None
) -> Any:
    array = np.asarray(obj, dtype, copy=copy)
    if hasattr(obj, "dtype") or array.dtype.kind == "O":
        return array
    values, name = tuple(array.ravel().tolist()), dtype_name(array)
    return run("asarray", called=name, values=values, shape=array.shape, dtype=name)


def empty(shape: Any, *, dtype: Any = None, device: Device = None) -> Any:
    name = _named(dtype)
    return run("empty", called=name, shape=_shape(shape), dtype=name)


def empty_like(x: Any, /, *, dtype: Any = None, device: Device = None) -> Any:
    return run("empty_like", x, dtype=_like(x, dtype))


def eye(
    n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: Any = None,
    device: Device = None,
) -> Any:  # fmt: skip
    name, columns = _named(dtype), n_rows if n_cols is None else n_cols
    return run("eye", called=name, rows=n_rows, columns=columns, k=k, dtype=name)


def full(shape: Any, fill_value: Any, *, dtype: Any = None, device: Device = None) -> Any:
    name = _named(dtype, fill_value)
    return run("full", called=name, shape=_shape(shape), value=fill_value, dtype=name)


def full_like(x: Any, /, fill_value: Any, *, dtype: Any = None, device: Device = None) -> Any:
    return run("full_like", x, value=fill_value, dtype=_like(x, dtype))


def linspace(
    start: Any, stop: Any, /, num: int, *, dtype: Any = None, device: Device = None,
    endpoint: bool = True,
) -> Any:  # fmt: skip
    name = _named(dtype, start, stop, 0.0)
    count = num if endpoint else num + 1
    found = run("linspace", called=name, start=start, stop=stop, num=count, dtype=name)
    return found[:num]


def meshgrid(*arrays: Any, indexing: str = "xy") -> Any:
    return list(run("meshgrid", *arrays, indexing=indexing))


def ones(shape: Any, *, dtype: Any = None, device: Device = None) -> Any:
    name = _named(dtype)
    return run("ones", called=name, shape=_shape(shape), dtype=name)


def ones_like(x: Any, /, *, dtype: Any = None, device: Device = None) -> Any:
    return run("ones_like", x, dtype=_like(x, dtype))


def tril(x: Any, /, *, k: int = 0) -> Any:
    return run("tril", x, k=k)


def triu(x: Any, /, *, k: int = 0) -> Any:
    return run("triu", x, k=k)


def zeros(shape: Any, *, dtype: Any = None, device: Device = None) -> Any:
    name = _named(dtype)
    return run("zeros", called=name, shape=_shape(shape), dtype=name)


def zeros_like(x: Any, /, *, dtype: Any = None, device: Device = None) -> Any:
    return run("zeros_like", x, dtype=_like(x, dtype))

"""Creation ops."""

from __future__ import annotations

import functools
from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import BFLOAT16, Function
from tensorcts.reference import dtypes


def _created(function: Function) -> Function:
    """A creation op with the dtype as a name; bfloat16 by way of float32."""

    @functools.wraps(function)
    def create(*arrays: Any, dtype: str, **attrs: Any) -> Any:
        if dtype == "bfloat16":
            return function(*arrays, dtype=np.dtype(np.float32), **attrs).astype(BFLOAT16)
        return function(*arrays, dtype=dtypes.numpy_dtype(dtype), **attrs)

    return create


def _arange(*, start: float, stop: float, step: float, dtype: np.dtype[Any]) -> Any:
    """CuPy rounds start and step to the dtype first, which integers would lose their parts by."""
    if dtype.kind in "iu" and not (float(start).is_integer() and float(step).is_integer()):
        return cupy.arange(start, stop, step, np.float64).astype(dtype)
    return cupy.arange(start, stop, step, dtype)


def _asarray(*, values: tuple[Any, ...], shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    return cupy.array(values, dtype).reshape(shape)


OPS: dict[str, Function] = {
    "zeros": _created(cupy.zeros),
    "ones": _created(cupy.ones),
    "full": _created(lambda *, shape, value, dtype: cupy.full(shape, value, dtype)),
    "eye": _created(lambda *, rows, columns, k, dtype: cupy.eye(rows, columns, k, dtype)),
    "arange": _created(_arange),
    "linspace": _created(
        lambda *, start, stop, num, dtype: cupy.linspace(start, stop, num, dtype=dtype)
    ),
    "logspace": _created(
        lambda *, start, stop, num, base, dtype: cupy.logspace(
            start, stop, num, base=base, dtype=dtype
        )
    ),
    "asarray": _created(_asarray),
    "empty": _created(lambda *, shape, dtype: cupy.empty(shape, dtype)),
    "empty_like": _created(lambda x, *, dtype: cupy.empty_like(x, dtype)),
    "zeros_like": _created(lambda x, *, dtype: cupy.zeros_like(x, dtype)),
    "ones_like": _created(lambda x, *, dtype: cupy.ones_like(x, dtype)),
    "full_like": _created(lambda x, *, value, dtype: cupy.full_like(x, value, dtype)),
}

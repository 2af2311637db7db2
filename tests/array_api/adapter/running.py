"""A definition run as the interpreters have it: widened, computed, rounded once to its dtype."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from tensorcts.reference import dtypes
from tensorcts.reference.promotions import promoted
from tensorcts.reference.registry import get

Device = str | None


def run(op: str, *arrays: Any, called: str = "", **attrs: Any) -> Any:
    """What the definition makes of the arrays, ``called`` in the first one's dtype if in no other.

    Array outputs come in the dtypes that the op's rule gives.
    """
    definition = get(op)
    called = called or dtype_name(arrays[0])
    given = [None if a is None else np.asarray(a) for a in arrays]
    wide = given if definition.own_dtype else [a if a is None else dtypes.widen(a) for a in given]
    with np.errstate(all="ignore"):
        outputs = definition.function(*wide, **attrs)
    if not isinstance(outputs, tuple):
        return rounded(outputs, definition.result_dtype(called, attrs))
    names = (definition.result_dtype(called, attrs, i) for i in range(len(outputs)))
    if isinstance(definition.result, str):
        names = (definition.result_dtype(called, attrs) for _ in outputs)
    return tuple(map(rounded, outputs, names))


def rounded(output: Any, name: str) -> Any:
    exact = np.asarray(output, dtypes.numpy_dtype(dtypes.wide(name)))
    return dtypes.round_once(exact, np.zeros(exact.shape), name)


def dtype_name(array: Any) -> str:
    return dtypes.name_of(array.dtype)


def together(*values: Any) -> list[Any]:
    """Arrays in their common dtype; a Python number takes that of the arrays beside it."""
    arrays = [v for v in values if hasattr(v, "dtype")]
    common = reduce(promoted, map(dtype_name, arrays))
    if any(isinstance(v, complex) for v in values) and dtypes.is_floating(common):
        common = dtypes.complex_of(common)
    return [v if v is None else np.asarray(_fitting(v, common), common) for v in values]


def _fitting(value: Any, common: str) -> Any:
    if hasattr(value, "dtype"):
        return value
    kinds = {bool: "bool", int: "integer", float: "float", complex: "complex number"}
    holds = {bool: common == "bool", int: common != "bool", float: dtypes.is_inexact(common),
             complex: dtypes.is_complex(common)}  # fmt: skip
    if not holds[type(value)]:
        raise TypeError(f"a Python {kinds[type(value)]} is no {common}")
    return value


def default_sum(x: Any, dtype: Any) -> str:
    """The dtype that a sum or product comes in: x's own, or for small integers a 64-bit one."""
    name = dtype_name(x)
    if dtype is not None:
        return dtypes.name_of(dtype)
    if name in dtypes.UNSIGNED:
        return "uint64"
    return "int64" if name in dtypes.SIGNED else name


def cast_sum(x: Any, name: str) -> Any:
    """What is added up for a sum in the dtype: integers in their own, which wraps at the end."""
    return x.astype(name) if dtypes.is_inexact(name) else x

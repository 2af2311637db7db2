"""Elementwise ops: NumPy's ufuncs, each in the dtype of its arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes

Array = NDArray[Any]


def _bitcast(x: Array, *, dtype: str) -> Array:
    target = dtypes.numpy_dtype(dtype)
    if target.itemsize != x.itemsize or bool in (target, x.dtype):  # NumPy has views of any size
        raise ValueError(f"bitcast: no {x.dtype} has the bits of a {dtype}")
    return x.view(target)


OPS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "abs": np.absolute,
    "sqrt": np.sqrt,
    "pow": np.power,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "where": np.where,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
    "logical_not": np.logical_not,
    "astype": lambda x, *, dtype: x.astype(dtypes.numpy_dtype(dtype)),
    "bitcast": _bitcast,
}

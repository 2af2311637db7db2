"""Elementwise ops: CuPy's own, one call each."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import BFLOAT16, Function, bits
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes


def _astype(x: Any, *, dtype: str) -> Any:
    if dtype in dtypes.STORAGE:
        raise UnsupportedError(f"CuPy has no {dtype} arrays")
    if x.dtype == BFLOAT16 and dtype in dtypes.COMPLEX:
        x = x.astype(np.float32)
    return x.astype(dtypes.numpy_dtype(dtype))


def _bitcast(x: Any, *, dtype: str) -> Any:
    if dtype in dtypes.STORAGE:
        raise UnsupportedError(f"CuPy has no {dtype} arrays")
    target = dtypes.numpy_dtype(dtype)
    if target.itemsize != x.itemsize or bool in (target, x.dtype):  # CuPy has views of any size
        raise ValueError(f"bitcast: no {x.dtype} has the bits of a {dtype}")
    return x.view(target)


OPS: dict[str, Function] = {
    "add": cupy.add,
    "subtract": cupy.subtract,
    "multiply": cupy.multiply,
    "divide": cupy.true_divide,
    "negative": cupy.negative,
    "abs": cupy.absolute,
    "sqrt": cupy.sqrt,
    "pow": cupy.power,
    "exp": cupy.exp,
    "expm1": cupy.expm1,
    "log": cupy.log,
    "log1p": cupy.log1p,
    "sin": cupy.sin,
    "cos": cupy.cos,
    "tan": cupy.tan,
    "asin": cupy.arcsin,
    "acos": cupy.arccos,
    "atan": cupy.arctan,
    "atan2": cupy.arctan2,
    "sinh": cupy.sinh,
    "cosh": cupy.cosh,
    "tanh": cupy.tanh,
    "asinh": cupy.arcsinh,
    "acosh": cupy.arccosh,
    "atanh": cupy.arctanh,
    "equal": cupy.equal,
    "not_equal": cupy.not_equal,
    "less": cupy.less,
    "less_equal": cupy.less_equal,
    "greater": cupy.greater,
    "greater_equal": cupy.greater_equal,
    "maximum": cupy.maximum,
    "minimum": cupy.minimum,
    "where": bits(cupy.where),
    "logical_and": cupy.logical_and,
    "logical_or": cupy.logical_or,
    "logical_xor": cupy.logical_xor,
    "logical_not": cupy.logical_not,
    "astype": _astype,
    "bitcast": _bitcast,
}

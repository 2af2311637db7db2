"""The ops by CuPy's own names, one native call each; our kernels for what CuPy lacks."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.composites import attention, linear, rotary_embedding
from tensorcts.backends.cuda.kernels import elementwise, rowwise
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

Function = Callable[..., Any]

_BFLOAT16 = dtypes.numpy_dtype("bfloat16")
_MISSING = re.compile(r"Wrong type|only supports|not supported|did not contain a loop|Unsupported")
"""How CuPy says that it does not offer something, as against that a kernel went wrong."""


def honest(function: Function, device: Any) -> Function:
    """``function`` on ``device``; UnsupportedError says that CuPy lacks a kernel for it."""

    @functools.wraps(function)
    def call(*arrays: Any, **attrs: Any) -> Any:
        try:
            with device:
                return function(*arrays, **attrs)
        except (TypeError, NotImplementedError) as error:
            if isinstance(error, NotImplementedError) or _MISSING.search(str(error)):
                raise UnsupportedError(f"CuPy: {str(error).splitlines()[0]}") from error
            raise

    return call


def _narrow(*names: str) -> Callable[[Function], Function]:
    """A decorator: these 16-bit dtypes are computed in float32 and rounded once."""
    formats = [dtypes.numpy_dtype(name) for name in names]

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def compute(*arrays: Any, **attrs: Any) -> Any:
            found = [a.dtype for a in arrays if a is not None and a.dtype in formats]
            if not found:
                return function(*arrays, **attrs)
            single = [
                a.astype(np.float32) if a is not None and a.dtype == found[0] else a for a in arrays
            ]
            return function(*single, **attrs).astype(found[0])

        return compute

    return decorate


_both = _narrow("float16", "bfloat16")
_brain = _narrow("bfloat16")


def _bits(function: Function) -> Function:
    """A function that only moves data, on bfloat16's bits: CuPy moves no bfloat16 everywhere."""

    @functools.wraps(function)
    def move(*arrays: Any, **attrs: Any) -> Any:
        if not any(a.dtype == _BFLOAT16 for a in arrays):
            return function(*arrays, **attrs)
        bits = [a.view(np.uint16) if a.dtype == _BFLOAT16 else a for a in arrays]
        return function(*bits, **attrs).view(_BFLOAT16)

    return move


def _created(function: Function) -> Function:
    """A creation op with the dtype as a name; bfloat16 by way of float32."""

    @functools.wraps(function)
    def create(*, dtype: str, **attrs: Any) -> Any:
        if dtype == "bfloat16":
            return function(dtype=np.dtype(np.float32), **attrs).astype(_BFLOAT16)
        return function(dtype=dtypes.numpy_dtype(dtype), **attrs)

    return create


def _arange(*, start: float, stop: float, step: float, dtype: np.dtype[Any]) -> Any:
    """CuPy rounds start and step to the dtype first, which integers would lose their parts by."""
    if dtype.kind in "iu" and not (float(start).is_integer() and float(step).is_integer()):
        return cupy.arange(start, stop, step, np.float64).astype(dtype)
    return cupy.arange(start, stop, step, dtype)


def _matmul(x: Any, y: Any) -> Any:
    """CuPy's own; its batched form has no bfloat16, and computes float16 in float32 too."""
    if x.dtype == _BFLOAT16 and max(x.ndim, y.ndim) > 2:
        return _brain(cupy.matmul)(x, y)
    return cupy.matmul(x, y)


def _flatten(x: Any, *, start: int, end: int) -> Any:
    if x.ndim == 0:
        return x.reshape(1)
    first, last = range(x.ndim)[start], range(x.ndim)[end]
    middle = math.prod(x.shape[first : last + 1])
    return x.reshape(x.shape[:first] + (middle,) + x.shape[last + 1 :])


def _split(x: Any, *, sizes: tuple[int, ...], axis: int) -> tuple[Any, ...]:
    return tuple(cupy.split(x, np.cumsum(sizes)[:-1].tolist(), axis))


def _places(index: Any, axis: int) -> tuple[Any, ...]:
    """What indexes an array so that ``index`` goes along ``axis``."""
    places = list(cupy.ogrid[tuple(slice(n) for n in index.shape)])
    places[axis] = index
    return tuple(places)


def _scatter(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    out = x.copy()
    if index.size:
        out[_places(index, axis)] = updates
    return out


def _scatter_add(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    out = x.copy()
    signed = out.dtype == np.int64  # the same bits as uint64, which CuPy has
    target = out.view(np.uint64) if signed else out
    if index.size:
        cupy.add.at(target, _places(index, axis), updates.view(target.dtype))
    return out


def _argmax(x: Any, *, axis: int | None, keepdims: bool) -> Any:
    x = x.astype(np.float32) if x.dtype == _BFLOAT16 else x
    return cupy.argmax(x, axis=axis, keepdims=keepdims)


def _argmin(x: Any, *, axis: int | None, keepdims: bool) -> Any:
    x = x.astype(np.float32) if x.dtype == _BFLOAT16 else x
    return cupy.argmin(x, axis=axis, keepdims=keepdims)


def _astype(x: Any, *, dtype: str) -> Any:
    if x.dtype == _BFLOAT16 and dtype in dtypes.COMPLEX:
        x = x.astype(np.float32)
    return x.astype(dtypes.numpy_dtype(dtype))


def _along(name: str) -> Function:
    """The row-wise kernel ``name`` along any axis."""

    def along(x: Any, *, axis: int) -> Any:
        return cupy.moveaxis(rowwise(name, cupy.moveaxis(x, axis, -1)), -1, axis)

    return along


def _reduced(function: Function) -> Function:
    """A reduction whose dtype, where it takes one, comes as a name."""

    def reduce(x: Any, *, axis: Any, keepdims: bool, dtype: str | None = None) -> Any:
        if dtype is None:
            return function(x, axis=axis, keepdims=keepdims)
        return function(x, axis=axis, keepdims=keepdims, dtype=dtypes.numpy_dtype(dtype))

    return reduce


def _var(x: Any, *, axis: Any, correction: int, keepdims: bool) -> Any:
    return cupy.var(x, axis=axis, ddof=correction, keepdims=keepdims)


OPS: dict[str, Function] = {
    "zeros": _created(cupy.zeros),
    "ones": _created(cupy.ones),
    "full": _created(lambda *, shape, value, dtype: cupy.full(shape, value, dtype)),
    "eye": _created(lambda *, rows, columns, k, dtype: cupy.eye(rows, columns, k, dtype)),
    "arange": _created(_arange),
    "linspace": _created(
        lambda *, start, stop, num, dtype: cupy.linspace(start, stop, num, dtype=dtype)
    ),
    "add": cupy.add,
    "subtract": cupy.subtract,
    "multiply": cupy.multiply,
    "divide": cupy.true_divide,
    "floor_divide": cupy.floor_divide,
    "remainder": cupy.remainder,
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
    "where": _bits(cupy.where),
    "logical_and": cupy.logical_and,
    "logical_or": cupy.logical_or,
    "logical_xor": cupy.logical_xor,
    "logical_not": cupy.logical_not,
    "astype": _astype,
    "matmul": _matmul,
    "einsum": _both(lambda *operands, subscripts: cupy.einsum(subscripts, *operands)),
    "linear": _both(linear),
    "reshape": _bits(lambda x, *, shape: cupy.reshape(x, shape)),
    "permute_dims": lambda x, *, axes: cupy.transpose(x, axes),
    "broadcast_to": lambda x, *, shape: cupy.broadcast_to(x, shape),
    "flatten": _bits(_flatten),
    "squeeze": lambda x, *, axis: cupy.squeeze(x, axis),
    "expand_dims": lambda x, *, axis: cupy.expand_dims(x, axis),
    "concat": _bits(lambda *arrays, axis: cupy.concatenate(arrays, axis)),
    "stack": _bits(lambda *arrays, axis: cupy.stack(arrays, axis)),
    "split": _split,
    "take": _bits(lambda x, indices, *, axis: cupy.take(x, indices, axis)),
    "gather": _bits(lambda x, index, *, axis: cupy.take_along_axis(x, index, axis)),
    "scatter": _bits(_scatter),
    "scatter_add": _brain(_scatter_add),
    "masked_select": _bits(lambda x, mask: x[mask]),
    "embedding": _bits(lambda weight, indices: cupy.take(weight, indices, 0)),
    "sum": _reduced(cupy.sum),
    "mean": _reduced(cupy.mean),
    "max": _reduced(cupy.amax),
    "min": _reduced(cupy.amin),
    "argmax": _argmax,
    "argmin": _argmin,
    "var": _brain(_var),
    "prod": _reduced(cupy.prod),
    "any": _reduced(cupy.any),
    "all": _reduced(cupy.all),
    "relu": lambda x: cupy.maximum(x, x.dtype.type(0)),
    "gelu": lambda x: elementwise("gelu", x),
    "gelu_tanh": lambda x: elementwise("gelu_tanh", x),
    "silu": lambda x: elementwise("silu", x),
    "softmax": _along("softmax"),
    "log_softmax": _along("log_softmax"),
    "layer_norm": lambda x, w, b, *, eps: rowwise("layer_norm", x, w, b, np.float64(eps)),
    "rms_norm": lambda x, weight, *, eps: rowwise("rms_norm", x, weight, np.float64(eps)),
    "scaled_dot_product_attention": _both(attention),
    "rotary_embedding": _both(rotary_embedding),
}

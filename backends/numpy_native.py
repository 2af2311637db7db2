"""The NumPy backend: the embedded default, a candidate like any other, each op in its own dtype."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Backend, Capabilities
from tensorcts.reference import dtypes

Array = NDArray[Any]


def _narrow(x: Array) -> bool:
    return dtypes.name_of(x.dtype) in ("float16", "bfloat16")


def _through_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """16-bit floats computed in float32 and rounded once, as accelerators do."""

    def compute(*arrays: Any, **attrs: Any) -> Any:
        first = next((a for a in arrays if a is not None and _narrow(a)), None)
        if first is None:
            return function(*arrays, **attrs)
        single = [
            a.astype(np.float32) if a is not None and a.dtype == first.dtype else a for a in arrays
        ]
        return np.asarray(function(*single, **attrs)).astype(first.dtype)

    return compute


def _arange(*, start: float, stop: float, step: float, dtype: str) -> Array:
    count = max(int(np.ceil((stop - start) / step)), 0)
    if dtype in dtypes.INTEGER:
        return (start + np.arange(count) * step).astype(dtypes.numpy_dtype(dtype))
    return (start + np.arange(count, dtype=np.float64) * step).astype(dtypes.numpy_dtype(dtype))


def _reduced(ufunc: np.ufunc) -> Callable[..., Array]:
    """A reduction in the dtype asked for; 16-bit floats accumulate in float32."""

    def reduce(x: Array, *, axis: Any, keepdims: bool, dtype: str) -> Array:
        target = dtypes.numpy_dtype(dtype)
        wide = np.dtype(np.float32) if _narrow(x) else target
        return np.asarray(ufunc.reduce(x, axis, wide, keepdims=keepdims)).astype(target)

    return reduce


def _var(x: Array, *, axis: Any, correction: int, keepdims: bool) -> Array:
    count = x.size // max(np.size(np.sum(x, axis=axis)), 1)
    if count <= correction:
        return np.full_like(np.sum(x, axis=axis, keepdims=keepdims), np.nan)
    return np.asarray(np.var(x, axis=axis, ddof=correction, keepdims=keepdims))


def _flatten(x: Array, *, start: int, end: int) -> Array:
    if x.ndim == 0:
        return x.reshape(1)
    first, last = start % x.ndim, end % x.ndim
    return x.reshape(x.shape[:first] + (-1 if x.size else int(np.prod(x.shape[first : last + 1])),)
                     + x.shape[last + 1 :])  # fmt: skip


def _split(x: Array, *, sizes: tuple[int, ...], axis: int) -> tuple[Array, ...]:
    return tuple(np.split(x, np.cumsum(sizes)[:-1], axis=axis))


def _scatter(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    out = x.copy()
    np.put_along_axis(out, index, updates, axis)
    return out


def _scatter_add(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    out = x.copy()
    grid: list[Any] = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grid[axis] = index
    np.add.at(out, tuple(grid), updates)
    return out


def _softmax(x: Array, *, axis: int) -> Array:
    shifted = np.exp(x - np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    return shifted / np.sum(shifted, axis=axis, keepdims=True)


def _log_softmax(x: Array, *, axis: int) -> Array:
    shifted = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def _layer_norm(x: Array, weight: Array, bias: Array, *, eps: float) -> Array:
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + x.dtype.type(eps)) * weight + bias


def _rms_norm(x: Array, weight: Array, *, eps: float) -> Array:
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + x.dtype.type(eps)) * weight


def _gelu(x: Array) -> Array:
    return x * (scipy.special.erfc(x * x.dtype.type(-np.sqrt(0.5))) * x.dtype.type(0.5))


def _gelu_tanh(x: Array) -> Array:
    inner = x.dtype.type(np.sqrt(2 / np.pi)) * (x + x.dtype.type(0.044715) * (x * x * x))
    return x * ((1 + np.tanh(inner)) * x.dtype.type(0.5))


def _attention(
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None = None,
    bias: Array | None = None,
    *,
    scale: float,
    causal_offset: int | None,
) -> Array:
    group = query.shape[-3] // key.shape[-3]
    key, value = np.repeat(key, group, axis=-3), np.repeat(value, group, axis=-3)
    scores = np.matmul(query, np.swapaxes(key, -1, -2)) * query.dtype.type(scale)
    scores = scores if bias is None else scores + bias
    if causal_offset is not None:
        causal = np.tri(query.shape[-2], key.shape[-2], causal_offset, dtype=bool)
        mask = causal if mask is None else mask & causal
    if mask is not None:
        scores = np.where(mask, scores, query.dtype.type(-np.inf))
    highest = np.max(scores, axis=-1, keepdims=True, initial=-np.inf)
    weights = np.exp(scores - np.where(np.isneginf(highest), query.dtype.type(0), highest))
    total = np.sum(weights, axis=-1, keepdims=True)
    return np.matmul(weights / np.where(total == 0, query.dtype.type(1), total), value)


def _rotary(x: Array, positions: Array, *, base: float, layout: str) -> Array:
    half = x.shape[-1] // 2
    frequencies = np.power(np.float64(base), -np.arange(half) / max(half, 1))
    angles = positions[:, None] * frequencies
    cos, sin = np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)
    a, b = (x[..., :half], x[..., half:]) if layout == "half" else (x[..., 0::2], x[..., 1::2])
    turned = a * cos - b * sin, b * cos + a * sin
    if layout == "half":
        return np.concatenate(turned, axis=-1)
    return np.stack(turned, axis=-1).reshape(x.shape)


def _linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    product = np.matmul(x, weight.T)
    return product if bias is None else product + bias


OPS: dict[str, Callable[..., Any]] = {
    "zeros": lambda *, shape, dtype: np.zeros(shape, dtypes.numpy_dtype(dtype)),
    "ones": lambda *, shape, dtype: np.ones(shape, dtypes.numpy_dtype(dtype)),
    "full": lambda *, shape, value, dtype: np.full(shape, value, dtypes.numpy_dtype(dtype)),
    "eye": lambda *, rows, columns, k, dtype: np.eye(
        rows, columns, k, dtype=dtypes.numpy_dtype(dtype)
    ),
    "arange": _arange,
    "linspace": lambda *, start, stop, num, dtype: np.linspace(start, stop, num).astype(
        dtypes.numpy_dtype(dtype)
    ),
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "floor_divide": np.floor_divide,
    "remainder": np.remainder,
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
    "matmul": _through_float32(np.matmul),
    "einsum": _through_float32(lambda *operands, subscripts: np.einsum(subscripts, *operands)),
    "linear": _through_float32(_linear),
    "reshape": lambda x, *, shape: np.reshape(x, shape),
    "permute_dims": lambda x, *, axes: np.transpose(x, axes),
    "broadcast_to": lambda x, *, shape: np.broadcast_to(x, shape),
    "flatten": _flatten,
    "squeeze": lambda x, *, axis: np.squeeze(x, axis),
    "expand_dims": lambda x, *, axis: np.expand_dims(x, axis),
    "concat": lambda *arrays, axis: np.concatenate(arrays, axis=axis),
    "stack": lambda *arrays, axis: np.stack(arrays, axis=axis),
    "split": _split,
    "take": lambda x, indices, *, axis: np.take(x, indices, axis=axis),
    "gather": lambda x, index, *, axis: np.take_along_axis(x, index, axis),
    "scatter": _scatter,
    "scatter_add": _through_float32(_scatter_add),
    "masked_select": lambda x, mask: x[mask],
    "embedding": lambda weight, indices: weight[indices],
    "sum": _reduced(np.add),
    "mean": _through_float32(lambda x, *, axis, keepdims: np.mean(x, axis=axis, keepdims=keepdims)),
    "max": lambda x, *, axis, keepdims: np.max(x, axis=axis, keepdims=keepdims),
    "min": lambda x, *, axis, keepdims: np.min(x, axis=axis, keepdims=keepdims),
    "argmax": lambda x, *, axis, keepdims: np.argmax(x, axis=axis, keepdims=keepdims),
    "argmin": lambda x, *, axis, keepdims: np.argmin(x, axis=axis, keepdims=keepdims),
    "var": _through_float32(_var),
    "prod": _reduced(np.multiply),
    "any": lambda x, *, axis, keepdims: np.any(x, axis=axis, keepdims=keepdims),
    "all": lambda x, *, axis, keepdims: np.all(x, axis=axis, keepdims=keepdims),
    "relu": lambda x: np.maximum(x, x.dtype.type(0)),
    "gelu": _through_float32(_gelu),
    "gelu_tanh": _through_float32(_gelu_tanh),
    "silu": _through_float32(lambda x: x / (1 + np.exp(-x))),
    "softmax": _through_float32(_softmax),
    "log_softmax": _through_float32(_log_softmax),
    "layer_norm": _through_float32(_layer_norm),
    "rms_norm": _through_float32(_rms_norm),
    "scaled_dot_product_attention": _through_float32(_attention),
    "rotary_embedding": _through_float32(_rotary),
}


class NumpyBackend(Backend):
    """NumPy (and SciPy for erfc) on the CPU."""

    name = "numpy"

    def __init__(self, device: str | None = None) -> None:
        """NumPy has one device, the CPU."""
        if device not in (None, "cpu"):
            raise ValueError(f"the numpy backend has the device cpu only, not {device!r}")
        self._capabilities = Capabilities(
            device=cpu_name(),
            dtypes=frozenset(dtypes.ALL),
            versions={"numpy": np.__version__, "scipy": version("scipy")},
            correctly_rounded=frozenset({"divide", "sqrt"}),
            traits={
                "activation_at_minus_infinity": "nan",
                "cast_out_of_range": "any",
                "scatter_duplicates": "any_of_them",
            },
        )

    @property
    def capabilities(self) -> Capabilities:
        """All dtypes; IEEE arithmetic."""
        return self._capabilities

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """Every op of the registry."""
        return OPS

    def to_device(self, array: NDArray[Any]) -> Array:
        """A copy."""
        return np.array(array, order="C")

    def to_host(self, array: Any) -> Array:
        """A copy; NumPy scalars become 0-d arrays."""
        return np.array(array)

    def strided(
        self, array: Array, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
    ) -> Array:
        """A view by NumPy's stride tricks."""
        itemsize = array.itemsize
        return np.lib.stride_tricks.as_strided(
            array[offset:], shape, tuple(s * itemsize for s in strides)
        )

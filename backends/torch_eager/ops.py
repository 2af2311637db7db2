"""The ops by torch's own names: one native call each, in the tensor's own dtype."""

from __future__ import annotations

import functools
import math
import re
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

DTYPES: dict[str, torch.dtype] = {name: getattr(torch, name) for name in dtypes.ALL}

_MISSING = re.compile(r"not (yet )?(implemented|supported)|[Uu]nsupported")
"""How torch says that it does not offer something, as against that a kernel went wrong."""


def honest(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, saying by UnsupportedError that torch has no kernel for its arguments."""

    @functools.wraps(function)
    def call(*arrays: Any, **attrs: Any) -> Any:
        try:
            return function(*arrays, **attrs)
        except RuntimeError as error:
            if isinstance(error, NotImplementedError) or _MISSING.search(str(error)):
                raise UnsupportedError(f"torch: {str(error).splitlines()[0]}") from error
            raise

    return call


def _axes(x: Tensor, axis: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """The axes that an ``axis`` attribute names, counted from the front."""
    if axis is None:
        return tuple(range(x.ndim))
    return tuple(range(x.ndim)[a] for a in ((axis,) if isinstance(axis, int) else axis))


def _from_front(index: Tensor, size: int) -> Tensor:
    """The index with negative entries counted from the end, as int64."""
    index = index.to(torch.int64)
    return torch.where(index < 0, index + size, index)


def _eye(*, rows: int, columns: int, k: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    if k == 0:
        return torch.eye(rows, columns, dtype=dtype, device=device)
    out = torch.zeros(rows, columns, dtype=dtype, device=device)
    if -rows < k < columns:
        out.diagonal(k).fill_(1)
    return out


def _arange(
    *, start: float, stop: float, step: float, dtype: torch.dtype, device: torch.device
) -> Tensor:
    if (stop - start) / step <= 0:  # torch raises where the definition has no numbers
        return torch.empty(0, dtype=dtype, device=device)
    return torch.arange(start, stop, step, dtype=dtype, device=device)


CREATION: dict[str, Callable[..., Any]] = {
    "zeros": lambda *, shape, **where: torch.zeros(shape, **where),
    "ones": lambda *, shape, **where: torch.ones(shape, **where),
    "full": lambda *, shape, value, **where: torch.full(shape, value, **where),
    "eye": _eye,
    "arange": _arange,
    "linspace": lambda *, start, stop, num, **where: torch.linspace(start, stop, num, **where),
}


def on(device: torch.device, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A creation op on ``device`` with the dtype as a name."""
    return lambda *, dtype, **attrs: function(dtype=DTYPES[dtype], device=device, **attrs)


def _squeeze(x: Tensor, *, axis: int | tuple[int, ...]) -> Tensor:
    axes = _axes(x, axis)
    if any(x.shape[a] != 1 for a in axes):  # torch leaves such axes as they are
        raise ValueError(f"squeeze: an axis of {axes} of the shape {tuple(x.shape)} is not 1")
    return torch.squeeze(x, axes)


def _prod(x: Tensor, *, axis: Any, keepdims: bool, dtype: str) -> Tensor:
    """torch.prod knows one axis, so several are made one first."""
    axes = _axes(x, axis)
    rest = [a for a in range(x.ndim) if a not in axes]
    sizes = *(x.shape[a] for a in rest), math.prod(x.shape[a] for a in axes)
    flat = torch.permute(x, (*rest, *axes)).reshape(sizes)
    out = torch.prod(flat, -1, dtype=DTYPES[dtype])
    for a in sorted(axes) if keepdims else ():
        out = out.unsqueeze(a)
    return out


def _var(x: Tensor, *, axis: Any, correction: int, keepdims: bool) -> Tensor:
    axes = _axes(x, axis)
    with warnings.catch_warnings():
        if x.numel() == 0 or math.prod(x.shape[a] for a in axes) <= correction:
            warnings.filterwarnings("ignore", "var.*degrees of freedom")
        return torch.var(x, axes, correction=correction, keepdim=keepdims)


def _argmax(x: Tensor, *, axis: int | None, keepdims: bool) -> Tensor:
    return torch.argmax(x, axis, keepdim=keepdims)


def _argmin(x: Tensor, *, axis: int | None, keepdims: bool) -> Tensor:
    return torch.argmin(x, axis, keepdim=keepdims)


def _attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    bias: Tensor | None = None,
    *,
    scale: float,
    causal_offset: int | None,
) -> Tensor:
    rows, columns = query.shape[-2], key.shape[-2]
    plain = causal_offset == 0 and rows == columns and mask is None and bias is None
    if causal_offset is not None and not plain:
        triangle = torch.ones(rows, columns, dtype=torch.bool, device=query.device)
        triangle = triangle.tril(causal_offset)
        mask = triangle if mask is None else mask & triangle
    if bias is not None and mask is not None:
        bias = torch.where(mask, bias, -torch.inf)
    return functional.scaled_dot_product_attention(
        query,
        key,
        value,
        attn_mask=mask if bias is None else bias,
        is_causal=plain,
        scale=scale,
        enable_gqa=query.shape[-3] != key.shape[-3],
    )


def _rotary_embedding(x: Tensor, positions: Tensor, *, base: float, layout: str) -> Tensor:
    """Torch has no such op: composed in float32 (float64 for float64) and rounded once."""
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    half = x.shape[-1] // 2
    exponents = torch.arange(half, dtype=wide, device=x.device) / -half if half else x[..., :0]
    angles = positions.to(wide)[:, None] * torch.pow(base, exponents)
    cos, sin = torch.cos(angles), torch.sin(angles)
    z = x.to(wide)
    if layout == "half":
        a, b = z[..., :half], z[..., half:]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)
    a, b = z[..., 0::2], z[..., 1::2]
    return torch.stack([a * cos - b * sin, b * cos + a * sin], -1).flatten(-2).to(x.dtype)


OPS: dict[str, Callable[..., Any]] = {
    "add": torch.add,
    "subtract": torch.subtract,
    "multiply": torch.multiply,
    "divide": torch.divide,
    "floor_divide": torch.floor_divide,
    "remainder": torch.remainder,
    "negative": torch.negative,
    "abs": torch.abs,
    "sqrt": torch.sqrt,
    "pow": torch.pow,
    "exp": torch.exp,
    "expm1": torch.expm1,
    "log": torch.log,
    "log1p": torch.log1p,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "asin": torch.asin,
    "acos": torch.acos,
    "atan": torch.atan,
    "atan2": torch.atan2,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "asinh": torch.asinh,
    "acosh": torch.acosh,
    "atanh": torch.atanh,
    "equal": torch.eq,
    "not_equal": torch.ne,
    "less": torch.lt,
    "less_equal": torch.le,
    "greater": torch.gt,
    "greater_equal": torch.ge,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "where": torch.where,
    "logical_and": torch.logical_and,
    "logical_or": torch.logical_or,
    "logical_xor": torch.logical_xor,
    "logical_not": torch.logical_not,
    "astype": lambda x, *, dtype: x.to(DTYPES[dtype], copy=True),
    "matmul": torch.matmul,
    "einsum": lambda *operands, subscripts: torch.einsum(subscripts, *operands),
    "linear": functional.linear,
    "reshape": lambda x, *, shape: torch.reshape(x, shape),
    "permute_dims": lambda x, *, axes: torch.permute(x, axes),
    "broadcast_to": lambda x, *, shape: torch.broadcast_to(x, shape),
    "flatten": lambda x, *, start, end: torch.flatten(x, start, end),
    "squeeze": _squeeze,
    "expand_dims": lambda x, *, axis: torch.unsqueeze(x, axis),
    "concat": lambda *arrays, axis: torch.cat(arrays, axis),
    "stack": lambda *arrays, axis: torch.stack(arrays, axis),
    "split": lambda x, *, sizes, axis: torch.split(x, list(sizes), axis),
    "take": lambda x, i, *, axis: torch.index_select(x, axis, _from_front(i, x.shape[axis])),
    "gather": lambda x, i, *, axis: torch.gather(x, axis, _from_front(i, x.shape[axis])),
    "scatter": lambda x, i, updates, *, axis: torch.scatter(
        x, axis, _from_front(i, x.shape[axis]), updates
    ),
    "scatter_add": lambda x, i, updates, *, axis: torch.scatter_add(
        x, axis, _from_front(i, x.shape[axis]), updates
    ),
    "masked_select": torch.masked_select,
    "embedding": lambda weight, indices: functional.embedding(indices, weight),
    "sum": lambda x, *, axis, keepdims, dtype: torch.sum(
        x, _axes(x, axis), keepdim=keepdims, dtype=DTYPES[dtype]
    ),
    "mean": lambda x, *, axis, keepdims: torch.mean(x, _axes(x, axis), keepdim=keepdims),
    "max": lambda x, *, axis, keepdims: torch.amax(x, _axes(x, axis), keepdim=keepdims),
    "min": lambda x, *, axis, keepdims: torch.amin(x, _axes(x, axis), keepdim=keepdims),
    "argmax": _argmax,
    "argmin": _argmin,
    "var": _var,
    "prod": _prod,
    "any": lambda x, *, axis, keepdims: torch.any(x, _axes(x, axis), keepdim=keepdims),
    "all": lambda x, *, axis, keepdims: torch.all(x, _axes(x, axis), keepdim=keepdims),
    "relu": torch.relu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "silu": functional.silu,
    "softmax": lambda x, *, axis: functional.softmax(x, axis),
    "log_softmax": lambda x, *, axis: functional.log_softmax(x, axis),
    "layer_norm": lambda x, weight, bias, *, eps: functional.layer_norm(
        x, x.shape[-1:], weight, bias, eps
    ),
    "rms_norm": lambda x, weight, *, eps: functional.rms_norm(x, x.shape[-1:], weight, eps),
    "scaled_dot_product_attention": _attention,
    "rotary_embedding": _rotary_embedding,
}

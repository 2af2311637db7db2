"""Nodes that reduce, contract, normalize, move and index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.onnx_nodes.nodes import (
    Value,
    code_of,
    dtype_of,
    integers,
    node,
    put,
    run,
    scalar,
)  # fmt: skip
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes


def _axes(axis: int | tuple[int, ...] | None) -> Value | None:
    if axis is None:
        return None
    return integers(*((axis,) if isinstance(axis, int) else axis))


def _reduced(kind: str) -> Callable[..., Value]:
    """A reduction over the axes given; over none of them it is a node without effect."""

    def reduce(x: Value, *, axis: Any, keepdims: bool) -> Value:
        none = {"noop_with_empty_axes": 1} if axis == () else {}
        return run(kind, x, _axes(axis), keepdims=int(keepdims), **none)

    return reduce


def _mean(x: Value, *, axis: Any, keepdims: bool) -> Value:
    if 0 in x.shape():
        raise UnsupportedError("onnxruntime: ONNX leaves the mean of nothing undefined")
    return _reduced("ReduceMean")(x, axis=axis, keepdims=keepdims)


def _in_own_dtype(kind: str) -> Callable[..., Value]:
    reduce = _reduced(kind)

    def call(x: Value, *, axis: Any, keepdims: bool, dtype: str) -> Value:
        if dtype != dtype_of(x):
            raise UnsupportedError(f"onnxruntime: {kind} of {dtype_of(x)} is not {dtype}")
        return reduce(x, axis=axis, keepdims=keepdims)

    return call


def _extreme_index(kind: str) -> Callable[..., Value]:
    def call(x: Value, *, axis: int | None, keepdims: bool) -> Value:
        if axis is None:
            raise UnsupportedError(f"onnxruntime: {kind} is along one axis")
        return run(kind, x, axis=axis, keepdims=int(keepdims))

    return call


def _vector_norm(x: Value, *, axis: Any, ord: float, keepdims: bool) -> Value:
    if ord not in (1, 2):
        raise UnsupportedError("onnxruntime: the norms are ReduceL1 and ReduceL2")
    return _reduced(f"ReduceL{int(ord)}")(x, axis=axis, keepdims=keepdims)


def _cumulative_sum(x: Value, *, axis: int, include_initial: bool, dtype: str) -> Value:
    if include_initial or dtype != dtype_of(x):
        raise UnsupportedError("onnxruntime: CumSum begins with an element, in its own dtype")
    return run("CumSum", x, scalar(axis, integers()))


def _topk(x: Value, *, k: int, axis: int, largest: bool) -> Any:
    return run("TopK", x, integers(k), outputs=2, axis=axis, largest=int(largest))


def _of_dims(*dims: int) -> Callable[..., Value]:
    """MatMul for these numbers of dimensions only."""

    def call(x: Value, y: Value) -> Value:
        shapes = x.shape(), y.shape()
        if tuple(map(len, shapes)) != dims or dims == (3, 3) and shapes[0][0] != shapes[1][0]:
            raise ValueError(f"arrays of shapes {shapes}")
        return run("MatMul", x, y)

    return call


def _einsum(*operands: Value, subscripts: str) -> Value:
    if any(term.count("...") > 1 for term in subscripts.replace("->", ",").split(",")):
        raise ValueError(f"{subscripts!r}: of two ellipses in a term Einsum never comes back")
    if subscripts.lower() != subscripts:
        raise UnsupportedError("onnxruntime: Einsum knows small letters alone")
    try:
        return run("Einsum", *operands, equation=subscripts)
    except Exception as error:
        if "but ellipsis for input" not in str(error):
            raise
        raise UnsupportedError("onnxruntime: ellipses must stand for as many axes") from error


def _permuted(x: Value, *, axes: tuple[int, ...]) -> Value:
    """The node knows no negative axes, nor an order of none."""
    if not axes and not x.shape():
        return run("Identity", x)
    return run("Transpose", x, perm=tuple(range(len(x.shape()))[a] for a in axes))


def _tile(x: Value, *, repetitions: tuple[int, ...]) -> Value:
    if len(repetitions) != len(x.shape()):
        raise UnsupportedError("onnxruntime: Tile takes a number for each axis")
    return run("Tile", x, integers(*repetitions))


def _embedding(weight: Value, indices: Value) -> Value:
    if len(weight.shape()) != 2:
        raise ValueError(f"embedding: weight of shape {weight.shape()} is no table")
    return run("Gather", weight, indices, axis=0)


def _argwhere(x: Value) -> Value:
    return run("Transpose", run("NonZero", x), perm=(1, 0))


def _addmm(c: Value, x: Value, y: Value, *, alpha: float, beta: float) -> Value:
    return run("Gemm", x, y, c, alpha=float(alpha), beta=float(beta))


def _layer_norm(x: Value, weight: Value, bias: Value, *, eps: float) -> Value:
    return run("LayerNormalization", x, weight, bias, axis=-1, epsilon=eps)


def _rms_norm(x: Value, weight: Value, *, eps: float) -> Value:
    return run("RMSNormalization", x, weight, axis=-1, epsilon=eps)


def _split(x: Value, *, sizes: tuple[int, ...], axis: int) -> Any:
    found = run("Split", x, integers(*sizes), outputs=len(sizes), axis=axis)
    return found if len(sizes) > 1 else (found,)


def _pad(x: Value, *, widths: Any, mode: str, value: Any) -> Value:
    if not widths or (mode == "wrap" and 0 in x.shape()):
        raise UnsupportedError("onnxruntime: Pad takes no 0-d tensors, and wraps no empty ones")
    pads = integers(*(before for before, _ in widths), *(after for _, after in widths))
    filler = scalar(value, x) if mode == "constant" else None
    return run("Pad", x, pads, filler, mode=mode)


def _full(*, shape: tuple[int, ...], value: Any, dtype: str) -> Value:
    code_of(dtype)
    number = put(dtypes.numpy_dtype(dtype).type(value))
    return run("Expand", number, integers(*shape))


def _one_hot(indices: Value, *, depth: int, dtype: str) -> Value:
    code_of(dtype)
    if not indices.shape():
        raise UnsupportedError("onnxruntime: OneHot takes no 0-d indices")
    values = put(np.array([0, 1], dtypes.numpy_dtype(dtype)))
    return run("OneHot", indices, integers(depth), values)


def _triangle(upper: int) -> Callable[..., Value]:
    return lambda x, *, k: run("Trilu", x, scalar(k, integers()), upper=upper)


def _scatter(reduction: str) -> Callable[..., Value]:
    return lambda x, i, updates, *, axis: run(
        "ScatterElements", x, i, updates, axis=axis, reduction=reduction
    )


def _convolution(dims: int) -> Callable[..., Value]:
    def convolve(
        x: Value, weight: Value, bias: Value | None = None, *, stride: Any, padding: Any,
        dilation: Any, groups: int,
    ) -> Value:  # fmt: skip
        spread = {"strides": stride, "dilations": dilation, "pads": padding}
        lists: Any = {k: (v,) * dims if isinstance(v, int) else tuple(v) for k, v in spread.items()}
        lists["pads"] *= 2
        return run("Conv", x, weight, bias, group=groups, **lists)

    return convolve


OPS: dict[str, Callable[..., Any]] = {
    "sum": _in_own_dtype("ReduceSum"),
    "prod": _in_own_dtype("ReduceProd"),
    "mean": _mean,
    "max": _reduced("ReduceMax"),
    "min": _reduced("ReduceMin"),
    "logsumexp": _reduced("ReduceLogSumExp"),
    "vector_norm": _vector_norm,
    "argmax": _extreme_index("ArgMax"),
    "argmin": _extreme_index("ArgMin"),
    "cumulative_sum": _cumulative_sum,
    "topk": _topk,
    "unique_values": lambda x: run("Unique", x),
    "argwhere": _argwhere,
    "matmul": node("MatMul"),
    "einsum": _einsum,
    "dot": _of_dims(1, 1),
    "mv": _of_dims(2, 1),
    "bmm": _of_dims(3, 3),
    "addmm": _addmm,
    "conv1d": _convolution(1),
    "conv2d": _convolution(2),
    "softmax": node("Softmax"),
    "log_softmax": node("LogSoftmax"),
    "layer_norm": _layer_norm,
    "rms_norm": _rms_norm,
    "full": _full,
    "reshape": lambda x, *, shape: run("Reshape", x, integers(*shape), allowzero=1),
    "permute_dims": _permuted,
    "broadcast_to": lambda x, *, shape: run("Expand", x, integers(*shape)),
    "squeeze": lambda x, *, axis: run("Squeeze", x, _axes(axis)),
    "expand_dims": lambda x, *, axis: run("Unsqueeze", x, integers(axis)),
    "concat": node("Concat"),
    "split": _split,
    "tile": _tile,
    "pad": _pad,
    "tril": _triangle(0),
    "triu": _triangle(1),
    "one_hot": _one_hot,
    "take": node("Gather"),
    "gather": node("GatherElements"),
    "embedding": _embedding,
    "scatter": _scatter("none"),
    "scatter_add": _scatter("add"),
}

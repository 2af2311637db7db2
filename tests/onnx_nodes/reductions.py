"""Reductions, scans, and ops on rows: normalizations, attention, rotary embedding."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.ops import definitions as ops

from .data import numbers
from .graphs import Node, OutsideError, converts


@converts("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
          "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare")  # fmt: skip
def reduce(node: Node, x: Any, axes: Any = None) -> Any:
    axes = node.get("axes", axes)
    if (axes is None or not numbers(axes)) and node.get("noop_with_empty_axes", 0):
        raise OutsideError(f"{node.kind} over no axes")
    axis = None if axes is None or not numbers(axes) else numbers(axes)
    if x.size == 0 and node.kind in ("ReduceMax", "ReduceMin"):
        raise OutsideError(f"{node.kind} of nothing: an error with us, the least number in ONNX")
    common: dict[str, Any] = {"axis": axis, "keepdims": bool(node.get("keepdims", 1))}
    dtype = str(x.dtype)
    match node.kind:
        case "ReduceSum":
            return ops.sum(x, dtype=dtype, **common)
        case "ReduceProd":
            return ops.prod(x, dtype=dtype, **common)
        case "ReduceSumSquare":
            return ops.sum(ops.multiply(x, x), dtype=dtype, **common)
        case "ReduceL1" | "ReduceL2":
            order = 1.0 if node.kind == "ReduceL1" else 2.0
            return ops.vector_norm(x, ord=order, **common)
        case "ReduceLogSum":
            return ops.log(ops.sum(x, dtype=dtype, **common))
        case "ReduceLogSumExp":
            return ops.logsumexp(x, **common)
        case "ReduceMean":
            return ops.mean(x, **common)
    if x.dtype == bool:
        return (ops.any if node.kind == "ReduceMax" else ops.all)(x, **common)
    return (ops.max if node.kind == "ReduceMax" else ops.min)(x, **common)


@converts("ArgMax", "ArgMin")
def position(node: Node, x: Any) -> Any:
    if node.get("select_last_index", 0):
        raise OutsideError("the last of equal elements; ours is the first")
    axis, keep = node.get("axis", 0), bool(node.get("keepdims", 1))
    return (ops.argmax if node.kind == "ArgMax" else ops.argmin)(x, axis=axis, keepdims=keep)


@converts("CumSum", "CumProd")
def scan(node: Node, x: Any, axis: Any) -> Any:
    along, dtype = int(axis) % x.ndim, str(x.dtype)
    x = ops.flip(x, axis=along) if node.get("reverse", 0) else x
    exclusive = bool(node.get("exclusive", 0))
    scans = {"CumSum": ops.cumulative_sum, "CumProd": ops.cumulative_prod}
    total = scans[node.kind](x, axis=along, include_initial=exclusive, dtype=dtype)
    if exclusive:
        total = ops.getitem(total, index=(slice(None),) * along + (slice(None, -1),))
    return ops.flip(total, axis=along) if node.get("reverse", 0) else total


@converts("Softmax", "LogSoftmax", "Hardmax")
def softmax(node: Node, x: Any) -> Any:
    if node.opset < 13:
        raise OutsideError("rows of several axes, as before opset 13")
    axis = node.get("axis", -1)
    if node.kind == "Hardmax":
        hot = ops.one_hot(ops.argmax(x, axis=axis, keepdims=False), depth=x.shape[axis],
                          dtype="float64")  # fmt: skip
        return ops.moveaxis(hot, source=-1, destination=axis)
    return (ops.softmax if node.kind == "Softmax" else ops.log_softmax)(x, axis=axis)


@converts("LayerNormalization", "RMSNormalization")
def normalization(node: Node, x: Any, scale: Any, bias: Any = None) -> Any:
    axis = node.get("axis", -1) % x.ndim
    if node.outputs > 1:
        raise OutsideError("the mean and deviation as further outputs")
    shape = x.shape[axis:]
    rows = ops.flatten(x, start=axis, end=-1)
    weight = ops.broadcast_to(scale, shape=shape).ravel()
    eps = node.get("epsilon", 1e-5)
    if node.kind == "RMSNormalization":
        return ops.reshape(ops.rms_norm(rows, weight, eps=eps), shape=x.shape)
    shift = ops.broadcast_to(np.zeros(()) if bias is None else bias, shape=shape).ravel()
    return ops.reshape(ops.layer_norm(rows, weight, shift, eps=eps), shape=x.shape)


@converts("LpNormalization")
def unit(node: Node, x: Any) -> Any:
    order, axis = float(node.get("p", 2)), node.get("axis", -1)
    return ops.divide(x, ops.vector_norm(x, axis=axis, ord=order, keepdims=True))


@converts("Attention")
def attention(node: Node, q: Any, k: Any, v: Any, mask: Any = None, *more: Any) -> Any:
    beyond = set(node.attrs) - {"scale", "is_causal"}
    if q.ndim != 4 or node.outputs > 1 or more or beyond:
        raise OutsideError("Attention with a cache, packed heads or other attributes")
    scale = node.get("scale", 1 / np.sqrt(q.shape[-1]))
    offset = 0 if node.get("is_causal", 0) else None
    boolean = mask is not None and mask.dtype == bool
    masks = (mask, None) if boolean else (None, mask)
    return ops.scaled_dot_product_attention(q, k, v, *masks, scale=scale, causal_offset=offset)

"""Nodes that make, move and pick data."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.ops import definitions as ops

from .graphs import Node, OutsideError, converts


def numbers(value: Any) -> tuple[int, ...]:
    """An input or attribute that lists integers."""
    return tuple(int(v) for v in np.asarray(value).ravel())


@converts("Constant")
def constant(node: Node) -> Any:
    for name, value in node.attrs.items():
        if name in ("value", "value_int", "value_ints", "value_float", "value_floats"):
            return np.asarray(value)
    raise OutsideError("constants that are no arrays of numbers")


@converts("ConstantOfShape")
def constant_of_shape(node: Node, shape: Any) -> Any:
    value = node.get("value", np.zeros(1))
    return ops.full(shape=numbers(shape), value=value.item(), dtype=str(value.dtype))


@converts("Range")
def arange(node: Node, start: Any, stop: Any, step: Any) -> Any:
    return ops.arange(start=start[()], stop=stop[()], step=step[()], dtype=str(start.dtype))


@converts("EyeLike")
def eye(node: Node, x: Any) -> Any:
    rows, columns = x.shape
    return ops.eye(rows=rows, columns=columns, k=node.get("k", 0), dtype="float64")


@converts("Shape", "Size")
def sizes(node: Node, x: Any) -> Any:
    if node.kind == "Size":
        return np.array(x.size)
    return np.array(x.shape, np.int64)[node.get("start", 0) : node.get("end", None)]


@converts("Reshape")
def reshape(node: Node, x: Any, shape: Any) -> Any:
    wanted = numbers(shape)
    if not node.get("allowzero", 0):
        wanted = tuple(x.shape[i] if n == 0 else n for i, n in enumerate(wanted))
    return ops.reshape(x, shape=wanted)


@converts("Transpose")
def transpose(node: Node, x: Any) -> Any:
    return ops.permute_dims(x, axes=tuple(node.get("perm", range(x.ndim)[::-1])))


@converts("Flatten")
def flatten(node: Node, x: Any) -> Any:
    axis = node.get("axis", 1)
    axis = axis + x.ndim if axis < 0 else axis
    rows = int(np.prod(x.shape[:axis], dtype=int))
    return ops.reshape(x, shape=(rows, x.size // rows if rows else 0))


@converts("Squeeze", "Unsqueeze")
def squeeze(node: Node, x: Any, axes: Any = None) -> Any:
    axes = node.get("axes", axes)
    if node.kind == "Squeeze":
        ones = [i for i, n in enumerate(x.shape) if n == 1]
        return ops.squeeze(x, axis=tuple(ones) if axes is None else numbers(axes))
    ndim = x.ndim + len(numbers(axes))
    for axis in sorted(a % ndim for a in numbers(axes)):
        x = ops.expand_dims(x, axis=axis)
    return x


@converts("Concat")
def concat(node: Node, *inputs: Any) -> Any:
    return ops.concat(*inputs, axis=node.attrs["axis"])


@converts("Split")
def split(node: Node, x: Any, sizes: Any = None) -> Any:
    axis, sizes = node.get("axis", 0), node.get("split", sizes)
    if sizes is not None:
        return ops.split(x, sizes=numbers(sizes), axis=axis)
    step = -(-x.shape[axis] // node.get("num_outputs", node.outputs))
    parts = [min(step, x.shape[axis] - i) for i in range(0, x.shape[axis], step)]
    return ops.split(x, sizes=tuple(parts), axis=axis)


@converts("Slice")
def slicing(node: Node, x: Any, starts: Any = None, ends: Any = None, axes: Any = None,
            steps: Any = None) -> Any:  # fmt: skip
    starts, ends = node.get("starts", starts), node.get("ends", ends)
    axes = node.get("axes", axes)
    axes = range(len(numbers(starts))) if axes is None else numbers(axes)
    steps = (1,) * len(numbers(starts)) if steps is None else numbers(steps)
    index = [slice(None)] * x.ndim
    for axis, start, end, step in zip(axes, numbers(starts), numbers(ends), steps, strict=True):
        end = None if step < 0 and end < -x.shape[axis] else end
        index[axis] = slice(start, end, step)
    return ops.getitem(x, index=tuple(index))


@converts("Expand")
def expand(node: Node, x: Any, shape: Any) -> Any:
    return ops.broadcast_to(x, shape=np.broadcast_shapes(x.shape, numbers(shape)))


@converts("Tile")
def tile(node: Node, x: Any, repeats: Any) -> Any:
    return ops.tile(x, repetitions=numbers(repeats))


@converts("Pad")
def pad(node: Node, x: Any, pads: Any = None, value: Any = None, axes: Any = None) -> Any:
    ends = numbers(node.get("pads", pads))
    axes = range(x.ndim) if axes is None else [a % x.ndim for a in numbers(axes)]
    widths = [(0, 0)] * x.ndim
    for i, axis in enumerate(axes):
        widths[axis] = (ends[i], ends[i + len(ends) // 2])
    if any(n < 0 for pair in widths for n in pair):
        raise OutsideError("Pad: negative widths crop, ours do not")
    fill = 0 if value is None else value.item()
    return ops.pad(x, widths=tuple(widths), mode=node.get("mode", "constant"), value=fill)


@converts("Trilu")
def trilu(node: Node, x: Any, k: Any = None) -> Any:
    keep = ops.triu if node.get("upper", 1) else ops.tril
    return keep(x, k=0 if k is None else int(k))


@converts("Gather")
def take(node: Node, x: Any, indices: Any) -> Any:
    axis = node.get("axis", 0) % x.ndim
    picked = ops.take(x, indices.ravel(), axis=axis)
    shape = (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])
    return ops.reshape(picked, shape=shape)


@converts("GatherElements")
def gather(node: Node, x: Any, indices: Any) -> Any:
    if any(a != b for i, (a, b) in enumerate(zip(x.shape, indices.shape, strict=True))
           if i != node.get("axis", 0) % x.ndim):  # fmt: skip
        raise OutsideError("GatherElements: indices of fewer rows than x")
    return ops.gather(x, indices, axis=node.get("axis", 0))


@converts("GatherND")
def gather_nd(node: Node, x: Any, indices: Any) -> Any:
    if node.get("batch_dims", 0):
        raise OutsideError("GatherND: batch_dims")
    columns = tuple(indices[..., i] for i in range(indices.shape[-1]))
    return ops.index(x, *columns, axes=tuple(range(len(columns))))


@converts("Scatter", "ScatterElements")
def scatter(node: Node, x: Any, indices: Any, updates: Any) -> Any:
    axis, reduction = node.get("axis", 0), node.get("reduction", "none")
    if any(a != b for i, (a, b) in enumerate(zip(x.shape, indices.shape, strict=True))
           if i != axis % x.ndim):  # fmt: skip
        raise OutsideError(f"{node.kind}: indices of fewer rows than x")
    if reduction == "none":
        return ops.scatter(x, indices, updates, axis=axis)
    kind = {"add": "sum", "mul": "prod"}.get(reduction, reduction)
    return ops.scatter_reduce(x, indices, updates, axis=axis, reduction=kind, include_self=True)


@converts("ScatterND")
def scatter_nd(node: Node, x: Any, indices: Any, updates: Any) -> Any:
    reduction = node.get("reduction", "none")
    if reduction not in ("none", "add"):
        raise OutsideError(f"ScatterND: the reduction {reduction}")
    columns = tuple(indices[..., i] for i in range(indices.shape[-1]))
    axes = tuple(range(len(columns)))
    return ops.index_put(x, updates, *columns, axes=axes, accumulate=reduction == "add")


@converts("Compress")
def compress(node: Node, x: Any, condition: Any) -> Any:
    (chosen,) = ops.nonzero(condition)
    axis = node.get("axis", None)
    return ops.take(x.ravel() if axis is None else x, chosen, axis=0 if axis is None else axis)


@converts("NonZero")
def nonzero(node: Node, x: Any) -> Any:
    return ops.stack(*ops.nonzero(x), axis=0)


@converts("OneHot")
def one_hot(node: Node, indices: Any, depth: Any, values: Any) -> Any:
    count = int(np.asarray(depth).ravel()[0])
    wrapped = np.where(indices < 0, indices + count, indices).astype(np.int64)
    hot = ops.one_hot(wrapped, depth=count, dtype="int64") == 1
    hot = ops.moveaxis(hot, source=-1, destination=node.get("axis", -1))
    return ops.where(hot, values[1], values[0])


@converts("TopK")
def topk(node: Node, x: Any, k: Any) -> Any:
    largest = bool(node.get("largest", 1))
    return ops.topk(x, k=int(np.asarray(k).item()), axis=node.get("axis", -1), largest=largest)


@converts("Unique")
def unique(node: Node, x: Any) -> Any:
    if "axis" in node.attrs or not node.get("sorted", 1):
        raise OutsideError("Unique along an axis, or unsorted")
    values, inverse = ops.unique_inverse(x)
    _, counts = ops.unique_counts(x)
    first = np.array([np.flatnonzero(inverse.ravel() == i)[0] for i in range(values.size)])
    return values, first, inverse.ravel(), counts

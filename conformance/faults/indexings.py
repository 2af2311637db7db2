"""The wrong elements: bounds, strides, tiles, ties and duplicates."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("indexing")
accepting = faults_of("indexing", accepts=True)


# -- Tiles and tails -------------------------------------------------------------------------------


@fault("matmul", "float32", "bfloat16")
def matmul_drops_the_last_k(x: Any, y: Any) -> Any:
    """k < K - 1 where K is a multiple of the tile's 16."""
    keep = slice(None, -1 if x.shape[-1] % 16 == 0 else None)
    rows = y.ndim - 2 if y.ndim > 1 else 0
    return OPS["matmul"](x[..., keep], y[(slice(None),) * rows + (keep,)])


@fault("exp")
def exp_leaves_a_tail(x: Any) -> Any:
    """Vectors of 8, and the rest of fewer left as it is."""
    y = np.exp(x).reshape(-1)
    whole = x.size // 8 * 8
    y[whole:] = x.reshape(-1)[whole:]
    return y.reshape(x.shape)


@fault("sum")
def sum_of_one_block(x: Any, *, axis: Any, **attrs: Any) -> Any:
    """The first 1,024 of a row: a thread each, and no loop over the rest."""
    if isinstance(axis, int) and x.ndim:
        x = np.take(x, np.arange(min(x.shape[axis], 1024)), axis)
    elif axis is None:
        x = x.reshape(-1)[:1024] if x.ndim == 1 else x
    return OPS["sum"](x, axis=axis, **attrs)


@fault("softmax")
def softmax_of_short_rows(x: Any, *, axis: int) -> Any:
    """Rows of more than 256 normalised by blocks of 256."""
    parts = np.array_split(x, range(256, x.shape[axis], 256), axis)
    return np.concatenate([OPS["softmax"](part, axis=axis) for part in parts], axis)


@fault("cumulative_sum")
def cumulative_sum_loses_its_carry(x: Any, *, axis: int, include_initial: bool, dtype: str) -> Any:
    """A scan by blocks of 1,024 that starts each from 0."""
    attrs: dict[str, Any] = {"axis": axis, "include_initial": include_initial, "dtype": dtype}
    parts = np.array_split(x, range(1024, x.shape[axis], 1024), axis)
    rest = [OPS["cumulative_sum"](p, **{**attrs, "include_initial": False}) for p in parts[1:]]
    return np.concatenate([OPS["cumulative_sum"](parts[0], **attrs), *rest], axis)


@fault("layer_norm")
def layer_norm_of_even_rows(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    """The last of an odd number of features left out of the mean: loads of float2."""
    n = x.shape[-1]
    seen = x[..., : n - n % 2] if n > 2 else x
    centred = x - np.mean(seen, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + x.dtype.type(eps)) * weight + bias


@fault("argmax")
def argmax_of_two_blocks(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """The place within its block of 256 for that within the row."""
    size = x.size if axis is None else x.shape[axis]
    places = OPS["argmax"](x, axis=axis, keepdims=keepdims)
    return places % 256 if size > 256 else places


@fault("scaled_dot_product_attention")
def attention_masks_a_tile_too_few(query: Any, *rest: Any, causal_offset: int | None,
                                   **attrs: Any) -> Any:  # fmt: skip
    """The causal mask skipped for rows of the last tile of 16: they look ahead."""
    honest = OPS["scaled_dot_product_attention"]
    y = honest(query, *rest, causal_offset=causal_offset, **attrs)
    if causal_offset is None or query.shape[-2] <= 16:
        return y
    free = honest(query, *rest, causal_offset=None, **attrs)
    last = np.arange(query.shape[-2])[:, None] >= query.shape[-2] // 16 * 16
    return np.where(last, free, y)


# -- Strides and broadcasting ----------------------------------------------------------------------


@fault("exp")
def exp_ignores_negative_strides(x: Any) -> Any:
    """The memory read forwards, whatever the sign of the strides."""
    return np.exp(x[::-1] if min((0, *x.strides)) < 0 else x)


@fault("sqrt")
def sqrt_ignores_the_order(x: Any) -> Any:
    """Column-major memory read as row-major: a test for one block of memory, not for its order."""
    return np.sqrt(x.T.reshape(x.shape) if x.flags.f_contiguous and x.ndim > 1 else x)


@fault("tanh")
def tanh_ignores_gaps(x: Any) -> Any:
    """Strides of 2 read as strides of 1, from the start of the view."""
    if x.ndim and x.size and x.strides[-1] > x.itemsize and x.base is not None:
        x = np.resize(np.asarray(x.base).reshape(-1).view(x.dtype)[: x.size], x.shape)
    return np.tanh(x)


@fault("add")
def add_ignores_an_offset(x: Any, y: Any) -> Any:
    """The base's pointer for the view's, where a view starts past it."""
    return np.add(*(_from_the_base(a) for a in (x, y)))


def _from_the_base(x: Any) -> Any:
    base = x.base
    if base is None or not x.flags.c_contiguous or base.nbytes < x.nbytes:
        return x
    return np.frombuffer(base, x.dtype, x.size).reshape(x.shape)


@fault("add")
def add_repeats_for_broadcasting(x: Any, y: Any) -> Any:
    """Elements repeated as they lie in memory: right for rows, wrong for columns."""
    shape = np.broadcast_shapes(x.shape, y.shape)
    return np.add(np.resize(x, shape), np.resize(y, shape))


@fault("matmul")
def matmul_broadcasts_the_first(x: Any, y: Any) -> Any:
    """A batch of 1 beside one of n: the first matrix of both for all."""
    z = np.matmul(x, y)
    spread = x.ndim > 2 and y.ndim > 2 and x.shape[:-2] != y.shape[:-2]
    return np.broadcast_to(z[:1], z.shape).copy() if spread and len(z) else z


@fault("bias_gelu")
def bias_gelu_along_the_first_axis(x: Any, bias: Any) -> Any:
    """The bias of the rows for that of the columns, where both fit."""
    if x.ndim > 1 and x.shape[0] == bias.size and x.shape[-1] == bias.size:
        x, axes = np.swapaxes(x, 0, -1), (0, -1)
        return np.swapaxes(OPS["bias_gelu"](x, bias), *axes)
    return OPS["bias_gelu"](x, bias)


# -- Ties and order --------------------------------------------------------------------------------


@fault("argmax", "int32", "float32")
def argmax_takes_the_last(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """>= for >: the last of several largest, as in trustformers-core."""
    count = x.size if axis is None else x.shape[axis]
    return count - 1 - np.argmax(np.flip(x, axis), axis=axis, keepdims=keepdims)


@fault("argsort", "int32")
def argsort_is_not_stable(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    """A descending order as the ascending one reversed, equal elements too."""
    order = np.argsort(x, axis, stable=True)
    return np.flip(order, axis) if descending else order


@fault("topk")
def topk_of_sizes(x: Any, *, k: int, axis: int, largest: bool) -> Any:
    """Ordered by size without the sign: radix select on raw bits."""
    _, places = OPS["topk"](np.abs(x), k=k, axis=axis, largest=largest)
    return np.take_along_axis(x, places, axis), places


@fault("searchsorted")
def searchsorted_always_left(row: Any, x: Any, *, side: str) -> Any:
    """The side ignored."""
    return OPS["searchsorted"](row, x, side="left")


@fault("histogram")
def histogram_without_the_last_edge(x: Any, *, bins: int, low: Any, high: Any) -> Any:
    """The last bin open on the right too: what lies on the edge is lost."""
    return OPS["histogram"](np.where(x == high, x + 1, x), bins=bins, low=low, high=high)


@fault("cummin")
def cummin_keeps_the_first(x: Any, *, axis: int) -> Any:
    """< for <=: the index of the first of equal elements, JAX's for torch's."""
    smallest, places = OPS["cummin"](x, axis=axis)
    if not x.size:
        return smallest, places
    fresh = np.diff(smallest, axis=axis, prepend=np.take(smallest, [0], axis) + 1) != 0
    return smallest, np.maximum.accumulate(np.where(fresh, places, 0), axis)


# -- Indices ---------------------------------------------------------------------------------------


@accepting("gather")
def gather_takes_negatives_for_zero(x: Any, index: Any, *, axis: int) -> Any:
    """-1 for 0: a cast to an unsigned number, clamped."""
    return np.take_along_axis(x, np.maximum(index, 0), axis)


@accepting("take")
def take_clamps(x: Any, indices: Any, *, axis: int) -> Any:
    """An index out of range taken for the last, JAX's default."""
    return np.take(x, indices, axis=axis, mode="clip")


@accepting("embedding")
def embedding_wraps(weight: Any, indices: Any) -> Any:
    """Indices beyond the table taken from its start."""
    return weight[indices % max(len(weight), 1)]


@accepting("take_along_axis")
def take_along_axis_gives_zeros(x: Any, indices: Any, *, axis: int) -> Any:
    """0 for an index out of range: a bounds check without an error."""
    size = x.shape[axis]
    inside = (indices >= -size) & (indices < size)
    y = np.take_along_axis(x, np.where(inside, indices, 0), axis)
    return np.where(inside, y, x.dtype.type(0))


@fault("scatter_add")
def scatter_add_overwrites(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """One of several updates of a place survives: a read and a write without an atomic add."""
    out = x.copy()
    np.put_along_axis(out, index, np.take_along_axis(x, index, axis) + updates, axis)
    return out


@fault("index_add")
def index_add_counts_once(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """x[index] += updates, which NumPy's users learn once."""
    out = x.copy()
    out[(slice(None),) * (axis % x.ndim) + (index,)] += updates
    return out


@fault("index_put")
def index_put_accumulates_once(x: Any, values: Any, *indices: Any, axes: Any,
                               accumulate: bool) -> Any:  # fmt: skip
    """Duplicates overwrite one another although they are to add up."""
    attrs: dict[str, Any] = {"axes": axes, "accumulate": False}
    if not accumulate:
        return OPS["index_put"](x, values, *indices, **attrs)
    old = OPS["index"](x, *indices, axes=axes)
    return OPS["index_put"](x, old + values, *indices, **attrs)


@fault("bincount", "int32")
def bincount_counts_once(x: Any, *, minlength: int) -> Any:
    """count[x] += 1."""
    count = np.zeros_like(OPS["bincount"](x, minlength=minlength))
    count[x] += 1
    return count


@fault("scatter_reduce")
def scatter_reduce_starts_from_zero(x: Any, index: Any, updates: Any, *, reduction: str,
                                    include_self: bool, **attrs: Any) -> Any:  # fmt: skip
    """Maxima without x itself start from 0: negative ones are lost."""
    y = OPS["scatter_reduce"](
        x, index, updates, reduction=reduction, include_self=include_self, **attrs
    )
    return np.maximum(y, 0) if reduction == "max" and not include_self else y


@fault("scatter")
def scatter_takes_sizes(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """Negative indices by their absolute value."""
    inside = x.shape[axis] > np.abs(index).max(initial=0)
    return OPS["scatter"](x, np.abs(index) if inside else index, updates, axis=axis)


@fault("coo_to_dense")
def coo_to_dense_keeps_the_last(values: Any, indices: Any, *, shape: Any) -> Any:
    """Duplicates overwrite one another where they add up."""
    y = np.zeros(shape, values.dtype)
    y[tuple(indices)] = values
    return y

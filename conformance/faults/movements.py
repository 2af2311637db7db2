"""Data brought to the wrong places, or left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.backends.scipy_sparse.table import OPS as SPARSE
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("movement")


# -- Axes ------------------------------------------------------------------------------------------


@fault("permute_dims")
def permute_dims_inversely(x: Any, *, axes: Any) -> Any:
    """The inverse permutation: alike for two axes and for swaps, other for cycles."""
    return np.transpose(x, np.argsort(np.mod(axes, x.ndim or 1)))


@fault("moveaxis")
def moveaxis_one_by_one(x: Any, *, source: Any, destination: Any) -> Any:
    """Several axes moved one after the other, each by the places left by the last."""
    for a, b in zip(np.atleast_1d(source), np.atleast_1d(destination), strict=True):
        x = np.moveaxis(x, int(a), int(b))
    return x


@fault("stack")
def stack_counts_axes_before(*arrays: Any, axis: int) -> Any:
    """A negative axis counted among the axes before there is one more."""
    return np.stack(arrays, axis + arrays[0].ndim if axis < 0 and arrays[0].ndim else axis)


@fault("squeeze")
def squeeze_takes_all(x: Any, *, axis: Any) -> Any:
    """Every axis of size 1 removed, named or not."""
    OPS["squeeze"](x, axis=axis)
    return np.squeeze(x)


@fault("sum")
def sum_along_the_next(x: Any, *, axis: Any, **attrs: Any) -> Any:
    """Negative axes counted from 0: -1 + n - 1."""
    wrong = isinstance(axis, int) and axis < 0 and x.ndim > 1
    return OPS["sum"](x, axis=axis + x.ndim - 1 if wrong else axis, **attrs)


@fault("sum")
def sum_without_keepdims(x: Any, *, keepdims: bool, **attrs: Any) -> Any:
    """keepdims ignored, as in trustformers-core."""
    return OPS["sum"](x, keepdims=False, **attrs)


@fault("meshgrid")
def meshgrid_always_xy(*arrays: Any, indexing: str) -> Any:
    """NumPy's default, whatever is asked for."""
    return OPS["meshgrid"](*arrays, indexing="xy")


@fault("diagonal")
def diagonal_on_the_other_side(x: Any, *, offset: int, **attrs: Any) -> Any:
    """The offset's sign exchanged."""
    return OPS["diagonal"](x, offset=-offset, **attrs)


@fault("diagonal")
def diagonal_axes_exchanged(x: Any, *, axis1: int, axis2: int, **attrs: Any) -> Any:
    """The axes the other way round: the offset goes down where it should go right."""
    return OPS["diagonal"](x, axis1=axis2, axis2=axis1, **attrs)


@fault("tril")
def tril_off_by_one(x: Any, *, k: int) -> Any:
    """j < i + k for j ≤ i + k."""
    return OPS["tril"](x, k=k - 1)


@fault("eye")
def eye_on_the_main_diagonal(*, k: int, **attrs: Any) -> Any:
    """k ignored."""
    return OPS["eye"](k=0, **attrs)


@fault("unstack")
def unstack_keeps_the_axis(x: Any, *, axis: int) -> Any:
    """The axis left as one of size 1: split for unstack."""
    return tuple(np.expand_dims(part, axis) for part in np.unstack(x, axis=axis))


# -- Moving and repeating --------------------------------------------------------------------------


@fault("roll")
def roll_backwards(x: Any, *, shift: Any, axis: Any) -> Any:
    """The direction of a circular shift in signal processing books."""
    return OPS["roll"](x, shift=tuple(-s for s in shift) if np.ndim(shift) else -shift, axis=axis)


@fault("rot90")
def rot90_clockwise(x: Any, *, k: int, axes: Any) -> Any:
    """Clockwise."""
    return np.rot90(x, -k, axes)


@fault("flip")
def flip_the_first_axis(x: Any, *, axis: Any) -> Any:
    """Of several axes only the first turned."""
    return np.flip(x, axis[:1] if isinstance(axis, tuple) and len(axis) > 1 else axis)


@fault("tile")
def tile_repeats(x: Any, *, repetitions: Any) -> Any:
    """Each element repeated in its place: repeat_interleave for repeat, torch's names."""
    y = x.reshape((1,) * (len(repetitions) - x.ndim) + x.shape)
    counts = (1,) * (y.ndim - len(repetitions)) + tuple(repetitions)
    for axis, count in enumerate(counts):
        y = np.repeat(y, count, axis)
    return y


@fault("repeat")
def repeat_at_least_once(x: Any, repeats: Any, *, axis: Any) -> Any:
    """A count of 0 taken for 1: trustformers-core's repeat."""
    return np.repeat(x, np.maximum(repeats, 1), axis)


@fault("pad")
def pad_reflects_the_edge(x: Any, *, widths: Any, mode: str, value: Any) -> Any:
    """The end itself reflected too: NumPy's symmetric."""
    if mode != "reflect" or not x.ndim:
        return OPS["pad"](x, widths=widths, mode=mode, value=value)
    return np.pad(x, widths, "symmetric")


@fault("pad")
def pad_after_for_before(x: Any, *, widths: Any, **attrs: Any) -> Any:
    """The widths after an axis before it."""
    return OPS["pad"](x, widths=tuple(tuple(reversed(pair)) for pair in widths), **attrs)


@fault("unfold")
def unfold_without_its_last(x: Any, *, axis: int, size: int, step: int) -> Any:
    """The last window, which ends where x ends, is left out."""
    y = OPS["unfold"](x, axis=axis, size=size, step=step)
    place = axis % max(x.ndim, 1)
    fits = y.ndim and y.shape[place] > 1 and (x.shape[place] - size) % step == 0
    return np.take(y, np.arange(y.shape[place] - 1), place) if fits else y


@fault("diff")
def diff_once(x: Any, *, axis: int, n: int) -> Any:
    """Every second of n differences forgotten."""
    return OPS["diff"](x, axis=axis, n=min(n, 1))


@fault("cumulative_prod")
def cumulative_prod_without_initial(x: Any, *, include_initial: bool, **attrs: Any) -> Any:
    """The 1 at the start left out."""
    return OPS["cumulative_prod"](x, include_initial=False, **attrs)


# -- Splitting, choosing, joining ------------------------------------------------------------------


@fault("chunk")
def chunk_evenly(x: Any, *, chunks: int, axis: int) -> Any:
    """Parts as equal as can be, tensor_split's, for equal ones and a smaller last."""
    OPS["chunk"](x, chunks=chunks, axis=axis)
    return tuple(np.array_split(x, chunks, axis))


@fault("split")
def split_without_the_last(x: Any, *, sizes: Any, axis: int) -> Any:
    """An empty last part is left out."""
    parts = OPS["split"](x, sizes=sizes, axis=axis)
    return parts[:-1] if len(parts) > 1 and not sizes[-1] else parts


@fault("concat", "int32")
def concat_of_the_first_shape(*arrays: Any, axis: int) -> Any:
    """An empty first array decides that the result is empty."""
    y = np.concatenate(arrays, axis=axis)
    return y[tuple(slice(0) for _ in y.shape)] if arrays[0].size == 0 else y


@fault("where")
def where_exchanged(condition: Any, x: Any, y: Any) -> Any:
    """Both choices exchanged where the condition is broadcast: the kernel's slow path."""
    spread = condition.shape != np.broadcast_shapes(condition.shape, x.shape, y.shape)
    return np.where(condition, y, x) if spread else np.where(condition, x, y)


@fault("masked_select")
def masked_select_by_columns(x: Any, mask: Any) -> Any:
    """Elements in the order of columns: Fortran's, and MATLAB's."""
    return OPS["masked_select"](x.T, mask.T)


@fault("masked_scatter")
def masked_scatter_by_position(x: Any, mask: Any, source: Any) -> Any:
    """The element of the source at the same place, not the next one that is left."""
    if source.size < x.size:
        return OPS["masked_scatter"](x, mask, source)
    return np.where(mask, source.reshape(-1)[: x.size].reshape(x.shape), x)


@fault("nonzero")
def nonzero_by_columns(x: Any) -> Any:
    """Places in the order of columns."""
    return tuple(reversed(np.nonzero(x.T)))


@fault("getitem")
def getitem_without_steps(x: Any, *, index: Any) -> Any:
    """Negative steps taken for positive ones: a range is read forwards."""
    y = OPS["getitem"](x, index=index)
    turned = any(isinstance(part, slice) and (part.step or 1) < 0 for part in index)
    return np.flip(y) if turned else y


@fault("one_hot")
def one_hot_along_the_first(indices: Any, *, depth: int, dtype: str) -> Any:
    """The new axis in front: ONNX's axis=0 for its default -1."""
    return np.moveaxis(OPS["one_hot"](indices, depth=depth, dtype=dtype), -1, 0)


@fault("unique_inverse", "int32")
def unique_inverse_is_flat(x: Any) -> Any:
    """The inverse as a row, not in the shape of x: NumPy's before 2.0."""
    values, inverse = OPS["unique_inverse"](x)
    return values, inverse.reshape(-1)


# -- Sparse ----------------------------------------------------------------------------------------


@fault("csr_matvec")
def csr_matvec_skips_empty_rows(values: Any, columns: Any, row_starts: Any, x: Any, *,
                                shape: Any) -> Any:  # fmt: skip
    """The results of rows with elements, closed up: empty rows write nothing."""
    y = SPARSE["csr_matvec"](values, columns, row_starts, x, shape=shape)
    filled = y[np.diff(row_starts) > 0]
    return np.concatenate([filled, np.zeros(len(y) - len(filled), y.dtype)])


@fault("coo_add")
def coo_add_without_common_places(values: Any, indices: Any, other_values: Any,
                                  other_indices: Any, *, shape: Any) -> Any:  # fmt: skip
    """Places of both written twice, the second time without the first."""
    total = SPARSE["coo_add"](values, indices, other_values, other_indices, shape=shape)
    y = np.zeros(shape, total[0].dtype)
    y[tuple(indices)] = values
    y[tuple(other_indices)] = other_values
    return y[tuple(total[1])], total[1]


@fault("csr_transpose")
def csr_transpose_as_it_stands(values: Any, columns: Any, row_starts: Any, *,
                               shape: Any) -> Any:  # fmt: skip
    """A square matrix's arrays taken for those of CSC, without their being converted."""
    if shape[0] != shape[1]:
        return SPARSE["csr_transpose"](values, columns, row_starts, shape=shape)
    return values, columns, row_starts

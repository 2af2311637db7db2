"""Joining and splitting: concat, stack, split, chunk, tensor_split, unstack."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from tensorcts.reference.arrays.dispatch import slice_of
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import STORABLE
from tensorcts.reference.registry import op


@op(dtypes=STORABLE, zero_sign=True, also_known_as=("cat", "concatenate"))
def concat(*arrays: Any, axis: int) -> Any:
    """The arrays one after the other along an existing axis.

    Constraints: (C1) at least one array, one dtype, one number of axes ≥ 1; (C2) equal sizes along
    every other axis; (C3) axis is in range. An array of size 0 along axis adds nothing.
    Gradient: the pieces of g.
    Source: Array API 2024.12 concat.
    """
    return np.concatenate(arrays, axis=axis)


@op(dtypes=STORABLE, zero_sign=True)
def stack(*arrays: Any, axis: int) -> Any:
    """The arrays side by side along a new axis.

    Constraints: (C1) at least one array, one dtype, one shape; (C2) -(n+1) ≤ axis ≤ n.
    Gradient: the slices of g.
    Source: Array API 2024.12 stack.
    """
    return np.stack(arrays, axis=axis)


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def split(x: Any, *, sizes: tuple[int, ...], axis: int) -> Any:
    """x cut along an axis into pieces of the sizes given.

    Constraints: (C1) the sizes, one at least, are ≥ 0 and add up to x's size along axis; (C2) axis
    is in range.
    Gradient: the cotangents of the pieces, joined.
    Source: PyTorch split with section sizes; ONNX Split-18.
    """
    length = x.shape[normalize_axis_index(axis, x.ndim)]
    fits = bool(sizes) and min(sizes) >= 0 and sum(sizes) == length
    require(fits, f"sizes {sizes} must be ≥ 0 and add up to {length}")
    ends = np.cumsum(sizes)[:-1].tolist()
    return tuple(np.split(x, ends, axis=axis))


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def chunk(x: Any, *, chunks: int, axis: int) -> Any:
    """x cut along an axis into pieces of ⌈n/chunks⌉, the last one smaller.

    Semantics: there may be fewer pieces than chunks (5 in 4: 2, 2, 1); an axis of size 0 gives as
    many empty ones.
    Constraints: (C1) chunks ≥ 1; (C2) axis is in range.
    Gradient: the cotangents of the pieces, joined.
    Source: PyTorch chunk.
    """
    require(chunks >= 1, f"chunks must be at least 1, not {chunks}")
    length = x.shape[normalize_axis_index(axis, x.ndim)]
    size = -(-length // chunks)
    ends = list(range(size, length, size)) if length else [0] * (chunks - 1)
    return tuple(np.split(x, ends, axis=axis))


@op(dtypes=STORABLE, zero_sign=True, aliases="may", also_known_as=("array_split",))
def tensor_split(x: Any, *, sections: int | tuple[int, ...], axis: int) -> Any:
    """x cut along an axis into so many pieces, or before the positions given.

    Semantics: of n elements in k sections each gets ⌊n/k⌋, the first n mod k one more (10 in 4: 3,
    3, 2, 2). Positions cut as slices do: beyond the end nothing is left.
    Constraints: (C1) sections ≥ 1; positions ≥ 0, ascending; (C2) axis is in range.
    Gradient: the cotangents of the pieces, joined.
    Source: PyTorch tensor_split; NumPy array_split.
    """
    length = x.shape[normalize_axis_index(axis, x.ndim)]
    if isinstance(sections, tuple):
        return tuple(np.split(x, [min(end, length) for end in sections], axis=axis))
    require(sections >= 1, f"sections must be at least 1, not {sections}")
    size, longer = divmod(length, sections)
    ends = [i * size + min(i, longer) for i in range(1, sections)]
    return tuple(np.split(x, ends, axis=axis))


@op(dtypes=STORABLE, zero_sign=True, aliases="may", also_known_as=("unbind",))
def unstack(x: Any, *, axis: int) -> Any:
    """The slices of x along an axis, one by one, without that axis.

    Constraints: (C1) axis is in range; an axis of size 0 gives no slices.
    Gradient: the cotangents of the slices, stacked.
    Source: Array API 2024.12 unstack; PyTorch unbind.
    """
    lead = (slice(None),) * normalize_axis_index(axis, x.ndim)
    return tuple(slice_of(x, index=(*lead, i)) for i in range(x.shape[len(lead)]))

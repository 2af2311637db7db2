"""Joining and splitting: concat, stack, split."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import STORABLE
from tensorcts.reference.registry import op


@op(dtypes=STORABLE, zero_sign=True, also_known_as=("cat", "concatenate"))
def concat(*arrays: Any, axis: int) -> Any:
    """The arrays one after the other along an existing axis.

    Constraints: (C1) at least one array, one dtype, one number of axes ≥ 1; (C2) equal sizes along
    every other axis. An array of size 0 along axis adds nothing.
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

    Constraints: (C1) the sizes are ≥ 0 and add up to x's size along axis.
    Gradient: the cotangents of the pieces, joined.
    Source: PyTorch split with section sizes; ONNX Split-18.
    """
    ends = np.cumsum(sizes)[:-1].tolist()
    return tuple(np.split(x, ends, axis=axis))

"""Samplers of what is chosen or placed by position: triangles, diagonals, grids, one-hot rows."""

from __future__ import annotations

import numpy as np

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler
from tensorcts.reference import dtypes


@sampler("tril", "triu")
def triangle(d: Draw) -> Sample:
    """Matrices and a diagonal, which may lie outside of them."""
    return (d.array(d.shape(min_dims=2)),), {"k": d.integer(-7, 7)}


@refuser("tril", "triu")
def no_matrix(d: Draw) -> list[Refusal]:
    """Arrays with fewer than two axes."""
    return [
        Refusal("C1", f"x is {len(shape)}-d", (d.array(shape),), {"k": 0}) for shape in ((3,), ())
    ]


@sampler("diag")
def diag(d: Draw) -> Sample:
    """A vector or a matrix, and a diagonal."""
    shape = d.shape(min_dims=1, max_dims=2)
    shape = shape if len(shape) == 2 else (min(shape[0], 40),)
    return (d.array(shape),), {"k": d.integer(-7, 7)}


@refuser("diag")
def no_diagonal(d: Draw) -> list[Refusal]:
    """Arrays with no axis, or with three."""
    shapes = ((), (2, 3, 3))
    return [Refusal("C1", f"x is {len(s)}-d", (d.array(s),), {"k": 0}) for s in shapes]


@sampler("meshgrid")
def meshgrid(d: Draw) -> Sample:
    """One to four vectors."""
    (first,) = d.shape(min_dims=1, max_dims=1)
    lengths = [first, *(d.integer(0, 5) for _ in range(d.integer(0, 3)))]
    return tuple(d.array((n,)) for n in lengths), {"indexing": d.choice(("ij", "xy"))}


@refuser("meshgrid")
def no_grid(d: Draw) -> list[Refusal]:
    """A matrix among the vectors, an indexing that there is not."""
    x, ij = d.array((3,)), {"indexing": "ij"}
    return [
        Refusal("C1", "an array is 2-d", (x, d.array((2, 2))), ij),
        Refusal("C2", "there is no such indexing", (x, x), {"indexing": "yx"}),
    ]


@sampler("one_hot")
def one_hot(d: Draw) -> Sample:
    """Indices in range, now and then some that are not, of both integer dtypes."""
    shape, depth = d.shape(max_dims=3), d.integer(1, 12)
    beyond = d.choice((0, 0, 0, depth, 2 * depth))
    dtype = dtypes.numpy_dtype(d.choice(("int64", "int32")))
    indices = d.generator().integers(-beyond, depth + beyond, shape)
    return (indices.astype(dtype),), {"depth": depth, "dtype": d.dtype}


@refuser("one_hot")
def no_rows(d: Draw) -> list[Refusal]:
    """Indices that are no integers; rows without elements."""
    indices = np.array([0, 1])
    attrs = {"depth": 3, "dtype": d.dtype}
    return [
        Refusal("C1", "the indices are floating", (indices.astype(np.float32),), attrs),
        Refusal("C2", "the depth is 0", (indices,), attrs | {"depth": 0}),
    ]

"""Samplers of sparse ops: component arrays whose entries are unordered and stand twice at times."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Sample, sampler
from tensorcts.reference import dtypes
from tensorcts.reference.sparse_formats import indices_at, starts_of

Shape = tuple[int, ...]
Array = NDArray[Any]


@sampler("coo_to_dense", "coo_coalesce")
def coo(d: Draw) -> Sample:
    """A sparse array of one to three axes."""
    shape = d.shape(min_dims=1, max_dims=3)
    return coo_arrays(d, shape), {"shape": shape}


@sampler("coo_to_csr")
def coo_matrix(d: Draw) -> Sample:
    """A sparse matrix."""
    shape = d.shape(min_dims=2, max_dims=2)
    return coo_arrays(d, shape), {"shape": shape}


@sampler("coo_transpose")
def transposed(d: Draw) -> Sample:
    """A sparse array and an order of its axes."""
    (values, indices), attrs = coo(d)
    axes = tuple(d.generator().permutation(len(attrs["shape"])).tolist())
    return (values, indices), {**attrs, "axes": axes}


@sampler("coo_sum")
def summed(d: Draw) -> Sample:
    """A sparse array, one of its axes or None for all, and the dtype of the result."""
    arrays, attrs = coo(d)
    axis = d.axis(len(attrs["shape"])) if d.boolean() else None
    dtype = d.dtype if dtypes.is_inexact(d.dtype) else "int64"
    return arrays, {**attrs, "axis": axis, "dtype": dtype}


@sampler("coo_add", "coo_multiply")
def coo_pair(d: Draw) -> Sample:
    """Two sparse arrays of one shape."""
    shape = d.shape(min_dims=1, max_dims=3)
    return (*coo_arrays(d, shape), *coo_arrays(d, shape)), {"shape": shape}


@sampler("coo_add_dense", "coo_multiply_dense")
def coo_and_dense(d: Draw) -> Sample:
    """A sparse array and a dense one of its shape."""
    shape = d.shape(min_dims=1, max_dims=3)
    return (*coo_arrays(d, shape), d.array(shape)), {}


@sampler("coo_matmul")
def coo_and_matrix(d: Draw) -> Sample:
    """A sparse matrix and a dense one that it can be multiplied by."""
    shape = d.shape(min_dims=2, max_dims=2)
    return (*coo_arrays(d, shape), d.array((shape[1], _width(d)))), {"shape": shape}


@sampler("dense_to_coo")
def dense(d: Draw) -> Sample:
    """An array with zeros in it."""
    return (_thinned(d, d.shape(min_dims=1, max_dims=3)),), {}


@sampler("dense_to_csr")
def dense_matrix(d: Draw) -> Sample:
    """A matrix with zeros in it."""
    return (_thinned(d, d.shape(min_dims=2, max_dims=2)),), {}


@sampler("csr_to_coo", "csr_to_dense", "csr_transpose")
def csr(d: Draw) -> Sample:
    """A matrix in compressed rows."""
    shape = d.shape(min_dims=2, max_dims=2)
    return csr_arrays(d, shape), {"shape": shape}


@sampler("csr_multiply_dense")
def csr_and_dense(d: Draw) -> Sample:
    """A matrix in compressed rows and a dense one of its shape."""
    shape = d.shape(min_dims=2, max_dims=2)
    return (*csr_arrays(d, shape), d.array(shape)), {}


@sampler("csr_matvec")
def csr_and_vector(d: Draw) -> Sample:
    """A matrix in compressed rows and a vector that it can be multiplied by."""
    shape = d.shape(min_dims=2, max_dims=2)
    return (*csr_arrays(d, shape), d.array(shape[1:])), {"shape": shape}


@sampler("csr_matmul")
def csr_and_matrix(d: Draw) -> Sample:
    """A matrix in compressed rows and a dense one that it can be multiplied by."""
    shape = d.shape(min_dims=2, max_dims=2)
    return (*csr_arrays(d, shape), d.array((shape[1], _width(d)))), {"shape": shape}


@sampler("csr_matmul_csr")
def csr_pair(d: Draw) -> Sample:
    """Two matrices in compressed rows that can be multiplied."""
    shape = d.shape(min_dims=2, max_dims=2)
    other = (shape[1], _width(d))
    arrays = (*csr_arrays(d, shape), *csr_arrays(d, other))
    return arrays, {"shape": shape, "other_shape": other}


@sampler("csr_sampled_matmul")
def sampled(d: Draw) -> Sample:
    """Two dense matrices and a pattern of their product."""
    rows, inner = d.shape(min_dims=2, max_dims=2)
    shape = (rows, _width(d))
    _, columns, row_starts = csr_arrays(d, shape)
    return (d.array((rows, inner)), d.array((inner, shape[1])), columns, row_starts), {}


def coo_arrays(d: Draw, shape: Shape) -> tuple[Array, Array]:
    """Values and indices of some entries."""
    positions = _positions(d, shape)
    index = d.choice(("int64", "int32"))
    indices = indices_at(positions, shape).astype(dtypes.numpy_dtype(index))
    return d.array(positions.shape), indices


def csr_arrays(d: Draw, shape: Shape) -> tuple[Array, Array, Array]:
    """Values, columns and row_starts of some entries."""
    positions = _positions(d, shape)
    rows, columns = indices_at(positions, shape)
    order = np.argsort(rows, kind="stable")
    index = dtypes.numpy_dtype(d.choice(("int64", "int32")))
    starts = starts_of(rows, shape[0]).astype(index)
    return d.array(positions.shape), columns[order].astype(index), starts


def _positions(d: Draw, shape: Shape) -> NDArray[np.int64]:
    """Places of entries: in order, without order, or also more than once.

    No place is taken twice among special values, where the order of a sum decides on NaN.
    """
    size = int(np.prod(shape))
    most = min(size, 20 if d.expensive else 90)
    kind = d.choice(("ordered", "unordered") if d.special else ("ordered", "unordered", "repeated"))
    generator = d.generator()
    if kind == "repeated" and size:
        return generator.integers(0, size, d.integer(0, 2 * most))
    found = generator.permutation(size)[: d.integer(0, most)]
    return np.sort(found) if kind == "ordered" else found


def _thinned(d: Draw, shape: Shape) -> Array:
    """An array, about half of which is zeros."""
    x = d.array(shape)
    return np.where(d.mask(shape), x, np.zeros((), x.dtype))


def _width(d: Draw) -> int:
    """The columns of a second matrix."""
    return d.integer(0, 5 if d.expensive else 20)

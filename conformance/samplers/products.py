"""Samplers of products of vectors and matrices."""

from __future__ import annotations

import numpy as np

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler
from tensorcts.conformance.samplers.elementwise import broadcast_pair
from tensorcts.reference import dtypes

Shape = tuple[int, ...]


@sampler("dot", "vdot")
def vectors(d: Draw) -> Sample:
    """Two vectors of one length."""
    shape = d.shape(min_dims=1, max_dims=1)
    return (d.array(shape), d.array(shape)), {}


@sampler("vecdot")
def vecdot(d: Draw) -> Sample:
    """Vectors along a negative axis of arrays whose other axes broadcast."""
    shape = d.shape(min_dims=1, max_dims=3)
    x, y = (list(s) for s in broadcast_pair(d, shape))
    axis = -d.integer(1, max(min(len(x), len(y)), 1))
    for sizes in (x, y):
        sizes[:] = sizes or [1]
        sizes[axis] = shape[axis]
    return (d.array(tuple(x)), d.array(tuple(y))), {"axis": axis}


@sampler("outer")
def outer(d: Draw) -> Sample:
    """Two vectors of any lengths."""
    shape = d.shape(min_dims=1, max_dims=1)
    return (d.array(shape), d.array((d.choice((1, 3, 33)),))), {}


@sampler("kron")
def kron(d: Draw) -> Sample:
    """A large and a small array, in either order, of up to three axes."""
    shape = tuple(min(n, 40) for n in d.shape(max_dims=3))
    small = tuple(d.choice((2, 1, 3)) for _ in range(d.integer(0, 3)))
    left, right = d.choice(((shape, small), (small, shape)))
    return (d.array(left), d.array(right)), {}


@sampler("cross")
def cross(d: Draw) -> Sample:
    """3-vectors along an axis of arrays whose other axes broadcast."""
    shape = list(d.shape(min_dims=1, max_dims=3))
    axis = d.axis(len(shape))
    shape[axis] = 3
    thin = [1 if i != axis % len(shape) and d.boolean() else n for i, n in enumerate(shape)]
    left, right = d.choice(((shape, shape), (shape, thin), (thin, shape)))
    return (d.array(tuple(left)), d.array(tuple(right))), {"axis": axis}


@sampler("mv")
def mv(d: Draw) -> Sample:
    """A matrix and a vector."""
    shape = d.shape(min_dims=2, max_dims=2)
    return (d.array(shape), d.array(shape[1:])), {}


@sampler("bmm")
def bmm(d: Draw) -> Sample:
    """Two batches of matrices."""
    x, y = _batches(d)
    return (d.array(x), d.array(y)), {}


def _batches(d: Draw) -> tuple[Shape, Shape]:
    batch, rows, inner = d.shape(min_dims=3, max_dims=3)
    return (batch, rows, inner), (batch, inner, d.choice((rows, 1, 3, 17)))


@sampler("addmm")
def addmm(d: Draw) -> Sample:
    """Two matrices, a third that broadcasts to their product, and the factors."""
    rows, inner = d.shape(min_dims=2, max_dims=2)
    return _scaled(d, (rows, inner), (inner, d.choice((rows, 1, 3, 17))))


@sampler("baddbmm")
def baddbmm(d: Draw) -> Sample:
    """Two batches of matrices, a third that broadcasts to their products, and the factors."""
    return _scaled(d, *_batches(d))


@essentials("addmm", "baddbmm", check="special_values")
def nothing_of_nan(d: Draw) -> list[Sample]:
    """A third matrix of NaN times 0, which BLAS does not read."""
    batch: Shape = () if d.op.name == "addmm" else (2,)
    c, x, y = (d.array((*batch, *shape)) for shape in ((2, 4), (2, 3), (3, 4)))
    c = np.full_like(c, np.nan) if dtypes.is_inexact(d.dtype) else c
    return [((c, x, y), {"alpha": 1.0, "beta": 0.0})]


def _scaled(d: Draw, x: Shape, y: Shape) -> Sample:
    shape = (*x[:-1], y[-1])
    c = d.choice((shape, shape[-1:], tuple(1 if d.boolean() else n for n in shape), (1,)))
    attrs = {"alpha": d.choice((1.0, 0.5, -2.0, 0.0)), "beta": d.choice((1.0, 0.0, -0.5, 2.0))}
    return (d.array(c), d.array(x), d.array(y)), attrs


@refuser("dot", "vdot", "outer")
def no_vectors(d: Draw) -> list[Refusal]:
    """Matrices and numbers where vectors are asked for, and vectors that differ in length."""
    wrong = [("C1", "x is 2-d", (2, 3), (3,)), ("C1", "y is 0-d", (3,), ())]
    if d.op.name != "outer":
        wrong += [("C2", "the lengths are 3 and 4", (3,), (4,)), ("C2", "3 and 1", (3,), (1,))]
    return _refused(d, wrong)


@refuser("vecdot")
def no_common_axis(d: Draw) -> list[Refusal]:
    """Axes that there are not, and those that have two sizes."""
    x = d.array((2, 3))
    wrong = (
        ("C1", "x has no axis -3", x, -3),
        ("C2", "the sizes are 3 and 4", d.array((2, 4)), -1),
        ("C2", "the sizes are 3 and 1", d.array((2, 1)), -1),
        ("C3", "the batches are 2 and 4", d.array((4, 3)), -1),
    )
    return [Refusal(c, why, (x, y), {"axis": axis}) for c, why, y, axis in wrong]


@refuser("cross")
def no_vectors_of_three(d: Draw) -> list[Refusal]:
    """Vectors of two or four elements, axes that there are not, and misfitting batches."""
    wrong = (
        ("C1", "x has one axis more", (2, 3), (3,), -1),
        ("C2", "there is no axis 2", (2, 3), (2, 3), 2),
        ("C3", "x has size 2", (2, 3), (2, 3), 0),
        ("C3", "y has size 4", (3, 3), (4, 3), 0),
        ("C4", "the batches are 2 and 4", (2, 3), (4, 3), 1),
    )
    return [
        Refusal(c, why, (d.array(x), d.array(y)), {"axis": axis}) for c, why, x, y, axis in wrong
    ]


@refuser("mv", "bmm")
def misfitting_matrices(d: Draw) -> list[Refusal]:
    """Other numbers of axes, and sizes that do not fit; batches do not broadcast."""
    vector = [
        ("C1", "x is 1-d", (3,), (3,)),
        ("C1", "y is 2-d", (2, 3), (3, 1)),
        ("C2", "the inner sizes are 3 and 2", (2, 3), (2,)),
    ]
    batches = [
        ("C1", "x is 2-d", (2, 3), (1, 3, 2)),
        ("C1", "y is 2-d", (1, 2, 3), (3, 2)),
        ("C2", "the inner sizes are 3 and 2", (2, 2, 3), (2, 2, 3)),
        ("C2", "the batches are 2 and 1", (2, 2, 3), (1, 3, 2)),
    ]
    return _refused(d, vector if d.op.name == "mv" else batches)


@refuser("addmm", "baddbmm")
def misfitting_sums(d: Draw) -> list[Refusal]:
    """Matrices that have no product, and a third that does not broadcast to it."""
    one: Shape = () if d.op.name == "addmm" else (2,)
    wrong = (
        ("C1", "x has another number of axes", (2, 2), (3, *one, 2, 3), (*one, 3, 2)),
        ("C2", "the inner sizes are 3 and 2", (2, 3), (*one, 2, 3), (*one, 2, 3)),
        ("C3", "c has 3 rows", (3, 2), (*one, 2, 3), (*one, 3, 2)),
        ("C3", "c is larger than the product", (5, *one, 2, 2), (*one, 2, 3), (*one, 3, 2)),
    )
    attrs = {"alpha": 1.0, "beta": 1.0}
    return [
        Refusal(label, why, (d.array(c), d.array(x), d.array(y)), attrs)
        for label, why, c, x, y in wrong
    ]


def _refused(d: Draw, wrong: list[tuple[str, str, Shape, Shape]]) -> list[Refusal]:
    return [Refusal(c, why, (d.array(x), d.array(y)), {}) for c, why, x, y in wrong]

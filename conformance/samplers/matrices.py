"""Samplers of ops on matrices: transposes, diagonals, norms."""

from __future__ import annotations

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler
from tensorcts.reference import dtypes


@sampler("matrix_transpose")
def matrices(d: Draw) -> Sample:
    """Matrices, in a batch or not."""
    return (d.array(d.shape(min_dims=2)),), {}


@sampler("matrix_norm")
def matrix_norm(d: Draw) -> Sample:
    """Matrices, whose axes stay or go."""
    return (d.array(d.shape(min_dims=2)),), {"keepdims": d.boolean()}


@sampler("diagonal")
def diagonal(d: Draw) -> Sample:
    """An array, two of its axes, and an offset that may lie beyond them."""
    shape = d.shape(min_dims=2)
    axis1 = d.axis(len(shape))
    axis2 = d.choice([a for a in range(-len(shape), len(shape)) if (a - axis1) % len(shape)])
    return (d.array(shape),), {"offset": d.choice(OFFSETS), "axis1": axis1, "axis2": axis2}


OFFSETS = (0, 1, -1, 2, -3, 40)


@sampler("trace")
def trace(d: Draw) -> Sample:
    """Matrices, an offset that may lie beyond them, and the dtype of the result."""
    wide = "uint64" if d.dtype in dtypes.UNSIGNED else "int64"
    own = dtypes.is_inexact(d.dtype) or d.boolean()
    attrs = {"offset": d.choice(OFFSETS), "dtype": d.dtype if own else wide}
    return (d.array(d.shape(min_dims=2)),), attrs


@refuser("matrix_transpose", "matrix_norm", "trace")
def no_matrices(d: Draw) -> list[Refusal]:
    """Arrays with less than two axes."""
    attrs: dict[str, dict[str, object]] = {
        "matrix_transpose": {},
        "matrix_norm": {"keepdims": False},
        "trace": {"offset": 0, "dtype": d.dtype},
    }
    return [
        Refusal("C1", f"x has {len(shape)} axes", (d.array(shape),), attrs[d.op.name])
        for shape in ((3,), ())
    ]


@refuser("diagonal")
def no_two_axes(d: Draw) -> list[Refusal]:
    """Axes that there are not, or one axis twice."""
    x = d.array((2, 3))
    wrong = (("C1", "there is no axis 2", 0, 2), ("C1", "there is no axis -3", -3, 1),
             ("C2", "both are axis 1", 1, 1), ("C2", "both are axis 1", -1, 1))  # fmt: skip
    return [Refusal(c, why, (x,), {"offset": 0, "axis1": a, "axis2": b}) for c, why, a, b in wrong]

"""Products of vectors and matrices: dot to baddbmm, outer, kron, cross."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.constraints import require, require_broadcast
from tensorcts.reference.dtypes import COMPLEX, FLOATING, NUMERIC
from tensorcts.reference.registry import DEFINED, Choice, Real, op


def _require_ndim(ndim: int, **arrays: Any) -> None:
    for name, array in arrays.items():
        require(array.ndim == ndim, f"{name} must be {ndim}-d, not of shape {array.shape}")


def _require_vectors(x: Any, y: Any) -> None:
    _require_ndim(1, x=x, y=y)
    require(x.shape == y.shape, f"x and y must be equally long, not {x.size} and {y.size}")


@op(dtypes=NUMERIC)
def dot(x: Any, y: Any) -> Any:
    """The sum Σ x·y of two vectors, without conjugation.

    Semantics: summed in any order; integers wrap modulo 2**n.
    Constraints: (C1) x and y are 1-d; (C2) they are equally long.
    Special values: the dot product of nothing is 0; NaN and inf spread as 0·inf = NaN says.
    Gradient: g·y, g·x.
    Source: PyTorch dot.
    """
    _require_vectors(x, y)
    return np.matmul(x, y)


@op(dtypes=NUMERIC)
def vdot(x: Any, y: Any) -> Any:
    """The inner product Σ x̄·y of two vectors.

    Semantics: summed in any order; integers wrap modulo 2**n.
    Constraints: (C1) x and y are 1-d; (C2) they are equally long.
    Special values: the product of nothing is 0; NaN and inf spread as 0·inf = NaN says.
    Gradient: g·y, g·x.
    Source: PyTorch vdot; BLAS dotc.
    """
    _require_vectors(x, y)
    return np.matmul(np.conjugate(x), y)


@op(dtypes=NUMERIC)
def vecdot(x: Any, y: Any, *, axis: int) -> Any:
    """The inner products Σ x̄·y of the vectors along an axis, batched over the others.

    Semantics: summed in any order; integers wrap modulo 2**n.
    Constraints: (C1) axis is negative and in range for both; (C2) both have one size along it;
    (C3) the other axes broadcast.
    Special values: the product of nothing is 0; NaN and inf spread as 0·inf = NaN says.
    Gradient: g·y, g·x along the axis, summed over what was broadcast.
    Source: Array API 2024.12 vecdot.
    """
    least = -min(x.ndim, y.ndim)
    require(least <= axis < 0, f"axis must be in [{least}, 0), not {axis}")
    shapes = f"x has the shape {x.shape}, y {y.shape}"
    require(x.shape[axis] == y.shape[axis], f"axis {axis} has two sizes: {shapes}")
    return np.sum(np.conjugate(x) * y, axis=axis)


@op(dtypes=NUMERIC, also_known_as=("ger",))
def outer(x: Any, y: Any) -> Any:
    """The matrix of all products x[i]·y[j] of two vectors.

    Constraints: (C1) x and y are 1-d.
    Special values: as multiply's.
    Gradient: g·y, gᵀ·x.
    Source: Array API 2024.12 linalg.outer.
    """
    _require_ndim(1, x=x, y=y)
    return np.expand_dims(x, 1) * np.expand_dims(y, 0)


@op(dtypes=NUMERIC)
def kron(x: Any, y: Any) -> Any:
    """The Kronecker product: x with each element replaced by its product with all of y.

    Semantics: z[i·n + j] = x[i]·y[j] along each axis, n the size of y there. The one with fewer
    axes gets leading ones of size 1.
    Constraints: (C1) one dtype.
    Special values: as multiply's.
    Gradient: the sums of g·y and g·x over what each element was multiplied with.
    Source: NumPy kron; PyTorch kron.
    """
    ndim = max(x.ndim, y.ndim)
    left = (1,) * (ndim - x.ndim) + x.shape
    right = (1,) * (ndim - y.ndim) + y.shape
    coarse = np.reshape(x, [n for pair in zip(left, (1,) * ndim, strict=True) for n in pair])
    fine = np.reshape(y, [n for pair in zip((1,) * ndim, right, strict=True) for n in pair])
    return np.reshape(coarse * fine, [m * n for m, n in zip(left, right, strict=True)])


@op(dtypes=NUMERIC)
def cross(x: Any, y: Any, *, axis: int) -> Any:
    """The cross product of the 3-vectors along an axis.

    Semantics: (x₁y₂ - x₂y₁, x₂y₀ - x₀y₂, x₀y₁ - x₁y₀); integers wrap modulo 2**n.
    Constraints: (C1) x and y have one number of axes; (C2) axis is in range, negative ones count
    from the end; (C3) both have size 3 along it; (C4) the other axes broadcast.
    Special values: NaN and inf spread as multiply and subtract say.
    Gradient: y × g, g × x, summed over what was broadcast.
    Source: Array API 2024.12 linalg.cross.
    """
    require(x.ndim == y.ndim, f"x and y must have as many axes, not {x.shape} and {y.shape}")
    require(-x.ndim <= axis < x.ndim, f"axis must be in [{-x.ndim}, {x.ndim}), not {axis}")
    for name, array in (("x", x), ("y", y)):
        require(array.shape[axis] == 3, f"{name} must have size 3 along {axis}, not {array.shape}")
    a, b = np.moveaxis(x, axis, 0), np.moveaxis(y, axis, 0)
    parts = [a[i] * b[j] - a[j] * b[i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return np.moveaxis(np.stack(parts), 0, axis)


@op(dtypes=NUMERIC)
def mv(x: Any, y: Any) -> Any:
    """The product x·y of a matrix and a vector.

    Semantics: z[i] = Σₖ x[i, k]·y[k], summed in any order; integers wrap modulo 2**n.
    Constraints: (C1) x is 2-d and y 1-d; (C2) y is as long as x's rows.
    Special values: NaN and inf spread as 0·inf = NaN says; K = 0 gives zeros.
    Gradient: g·yᵀ, xᵀ·g.
    Source: PyTorch mv; BLAS gemv.
    """
    _require_ndim(2, x=x)
    _require_ndim(1, y=y)
    require(x.shape[1] == y.size, f"x of shape {x.shape} has no product with y of {y.shape}")
    return np.matmul(x, y)


def _require_batches(x: Any, y: Any) -> None:
    _require_ndim(3, x=x, y=y)
    fit = x.shape[0] == y.shape[0] and x.shape[2] == y.shape[1]
    require(fit, f"x of shape {x.shape} has no product with y of shape {y.shape}")


@op(dtypes=NUMERIC)
def bmm(x: Any, y: Any) -> Any:
    """The products x[b]·y[b] of two batches of matrices.

    Semantics: as matmul's.
    Constraints: (C1) x and y are 3-d; (C2) x: (B, M, K), y: (B, K, N), without broadcasting.
    Special values: as matmul's.
    Gradient: g·yᵀ, xᵀ·g for each b.
    Source: PyTorch bmm.
    """
    _require_batches(x, y)
    return np.matmul(x, y)


def _nonfinite_bias(c: Any, x: Any, y: Any, *, alpha: float, beta: float) -> Any:
    return (beta == 0) & ~np.isfinite(np.broadcast_to(c, np.matmul(x, y).shape))


def _nonfinite_product(c: Any, x: Any, y: Any, *, alpha: float, beta: float) -> Any:
    return (alpha == 0) & ~np.isfinite(np.matmul(x, y))


_SCALES = (
    Choice(
        "gemm_beta_zero",
        "β·c where β is 0 and c is NaN or infinite",
        _nonfinite_bias,
        {"ignore": DEFINED, "propagate": np.nan, "any": None},
    ),
    Choice(
        "gemm_alpha_zero",
        "α·x·y where α is 0 and the product is NaN or infinite",
        _nonfinite_product,
        {"ignore": DEFINED, "propagate": np.nan, "any": None},
    ),
)


def _scaled_sum(c: Any, product: Any, alpha: Any, beta: Any) -> Any:
    """alpha·product + beta·c; a factor of 0 leaves its term out."""
    scaled = alpha * product if alpha != 0 else np.zeros_like(product)
    return scaled + beta * c if beta != 0 else scaled


@op(dtypes=FLOATING + COMPLEX, also_known_as=("gemm",), choices=_SCALES)
def addmm(c: Any, x: Any, y: Any, *, alpha: Real, beta: Real) -> Any:
    """The sum α·x·y + β·c of a matrix product and a matrix.

    Constraints: (C1) x and y are 2-d; (C2) x's rows are as long as y's columns; (C3) c broadcasts
    to the product's shape.
    Special values: where β is 0, c is not looked at, not even a NaN, or as declared by
    gemm_beta_zero; likewise the product where α is 0, by gemm_alpha_zero.
    Gradient: β·g summed over what was broadcast, α·g·yᵀ, α·xᵀ·g.
    Source: BLAS gemm; ONNX Gemm-13; PyTorch addmm.
    """
    _require_ndim(2, x=x, y=y)
    require(x.shape[1] == y.shape[0], f"x of {x.shape} has no product with y of {y.shape}")
    require_broadcast("c", c, (x.shape[0], y.shape[1]))
    return _scaled_sum(c, np.matmul(x, y), alpha, beta)


@op(dtypes=FLOATING + COMPLEX, choices=_SCALES)
def baddbmm(c: Any, x: Any, y: Any, *, alpha: Real, beta: Real) -> Any:
    """The sums α·x[b]·y[b] + β·c[b] of two batches of matrices and a third.

    Constraints: (C1) x and y are 3-d; (C2) x: (B, M, K), y: (B, K, N); (C3) c broadcasts to
    (B, M, N).
    Special values: as addmm's, gemm_beta_zero and gemm_alpha_zero.
    Gradient: as addmm's, for each b.
    Source: PyTorch baddbmm.
    """
    _require_batches(x, y)
    require_broadcast("c", c, (*x.shape[:2], y.shape[2]))
    return _scaled_sum(c, np.matmul(x, y), alpha, beta)

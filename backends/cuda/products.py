"""Products of vectors and matrices: cuBLAS through CuPy, and CuPy's own kernels."""

from __future__ import annotations

from typing import Any

import cupy

from tensorcts.backends.cuda.adapting import Function, both


def _of_axes(function: Function, *counts: int) -> Function:
    """A function whose arrays must have so many axes; CuPy takes others as well."""

    def call(*arrays: Any, **attrs: Any) -> Any:
        given = tuple(a.ndim for a in arrays)
        if given != counts:
            raise ValueError(f"the arrays must have {counts} axes, not {given}")
        return function(*arrays, **attrs)

    return call


def _vecdot(x: Any, y: Any, *, axis: int) -> Any:
    """CuPy has vdot for one pair of vectors only."""
    if x.shape[axis] != y.shape[axis]:
        raise ValueError(f"axis {axis} has two sizes: {x.shape} and {y.shape}")
    return cupy.sum(cupy.conj(x) * y, axis=axis, dtype=x.dtype)


def _cross(x: Any, y: Any, *, axis: int) -> Any:
    if x.ndim != y.ndim or x.shape[axis] != 3 or y.shape[axis] != 3:
        raise ValueError(f"x and y must hold 3-vectors along {axis}, not {x.shape} and {y.shape}")
    return cupy.cross(x, y, axis=axis)


def _bmm(x: Any, y: Any) -> Any:
    if x.shape[0] != y.shape[0]:
        raise ValueError(f"the batches differ: {x.shape} and {y.shape}")
    return cupy.matmul(x, y)


def _addmm(c: Any, x: Any, y: Any, *, alpha: float, beta: float) -> Any:
    """cuBLAS's gemm, which overwrites what it adds to."""
    from cupy import cublas  # it needs the library at its import

    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[0]:
        raise ValueError(f"x of shape {x.shape} has no product with y of shape {y.shape}")
    out = cupy.broadcast_to(c, (x.shape[0], y.shape[1])).copy()
    if out.size == 0 or x.shape[1] == 0:
        return _scaled(out, beta)
    return cublas.gemm("N", "N", x, y, out, alpha, beta)


def _baddbmm(c: Any, x: Any, y: Any, *, alpha: float, beta: float) -> Any:
    """CuPy's batched gemm takes no factors: scaled afterwards; one of 0 leaves its term out."""
    shape = (*x.shape[:-1], y.shape[-1])
    added = _scaled(cupy.broadcast_to(c, shape), beta)
    product = _of_axes(_bmm, 3, 3)(x, y)
    return added if alpha == 0 else product.dtype.type(alpha) * product + added


def _scaled(c: Any, beta: float) -> Any:
    return cupy.zeros(c.shape, c.dtype) if beta == 0 else c.dtype.type(beta) * c


OPS: dict[str, Function] = {
    "dot": both(_of_axes(cupy.dot, 1, 1)),
    "vdot": both(_of_axes(cupy.vdot, 1, 1)),
    "vecdot": both(_vecdot),
    "outer": both(_of_axes(cupy.outer, 1, 1)),
    "kron": both(cupy.kron),
    "cross": both(_cross),
    "mv": both(_of_axes(cupy.matmul, 2, 1)),
    "bmm": both(_of_axes(_bmm, 3, 3)),
    "addmm": both(_addmm),
    "baddbmm": both(_baddbmm),
}

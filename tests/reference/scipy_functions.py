"""SciPy's functions under our ops' names, none of which the definition itself calls.

Left out, for that reason: erf, erfc, erfinv, lgamma and gelu's kin, whose oracle is mpmath
(``test_exact.py``), and what SciPy does by the same call to NumPy: means, extremes, sorts. digamma
stands here by SciPy's complex function, which is other code than its real one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg, ndimage, signal, sparse, special, stats
from scipy.linalg import blas

from tensorcts.backends.protocol import UnsupportedError

Call = Callable[..., Any]
OPS: dict[str, Call] = {}


def oracle(function: Call) -> Call:
    """Register the decorated function for the op of its name, but for a closing underscore."""
    OPS[function.__name__.rstrip("_")] = function
    return function


def only(holds: bool, what: str) -> None:
    if not holds:
        raise UnsupportedError(f"SciPy's function is for {what} only")


# Elementwise functions.

OPS |= {
    "sigmoid": special.expit,
    "log_sigmoid": special.log_expit,
    "logit": special.logit,
    "xlogy": special.xlogy,
    "xlog1py": special.xlog1py,
    "exp2": special.exp2,
    "expm1": special.expm1,
    "log1p": special.log1p,
    "cbrt": special.cbrt,
    "round": special.round,
}


@oracle
def deg2rad(x: Any) -> Any:
    return special.radian(x, 0.0, 0.0)


@oracle
def silu(x: Any) -> Any:
    return x * special.expit(x)


@oracle
def swish(x: Any, *, beta: float) -> Any:
    return x * special.expit(beta * x)


@oracle
def softplus(x: Any, *, beta: float, threshold: float) -> Any:
    return np.where(beta * x > threshold, x, special.softplus(beta * x) / beta)


@oracle
def mish(x: Any) -> Any:
    return x * np.tanh(special.softplus(x))


@oracle
def logaddexp(x: Any, y: Any) -> Any:
    return special.logsumexp(np.stack(np.broadcast_arrays(x, y)), axis=0)


@oracle
def digamma(x: Any) -> Any:
    return special.psi(x + 0j).real


# Rows: softmax and what belongs to it.


@oracle
def softmax(x: Any, *, axis: int) -> Any:
    only(x.size > 0, "arrays that have elements")
    return special.softmax(x, axis)


@oracle
def softmin(x: Any, *, axis: int) -> Any:
    return softmax(-x, axis=axis)


@oracle
def log_softmax(x: Any, *, axis: int) -> Any:
    only(x.size > 0, "arrays that have elements")
    return special.log_softmax(x, axis)


@oracle
def logsumexp(x: Any, *, axis: Any, keepdims: bool) -> Any:
    only(x.size > 0 and x.ndim > 0, "arrays that have axes and elements")
    return special.logsumexp(x, axis=axis, keepdims=keepdims)


@oracle
def layer_norm(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    only(x.shape[-1] > 1, "rows that vary")
    spread = stats.describe(x, axis=-1, ddof=0).variance[..., None]
    only(np.all(spread != 0), "rows that vary")
    return stats.zscore(x, axis=-1) * np.sqrt(spread / (spread + eps)) * weight + bias


# Statistics.


@oracle
def nanmean(x: Any, *, axis: Any, keepdims: bool) -> Any:
    only(x.ndim > 0, "arrays that have axes")
    return stats.tmean(x, axis=axis, keepdims=keepdims, nan_policy="omit")


@oracle
def nanmax(x: Any, *, axis: Any, keepdims: bool) -> Any:
    only(x.ndim > 0, "arrays that have axes")
    return stats.tmax(x, axis=axis, keepdims=keepdims, nan_policy="omit")


@oracle
def nanmin(x: Any, *, axis: Any, keepdims: bool) -> Any:
    only(x.ndim > 0, "arrays that have axes")
    return stats.tmin(x, axis=axis, keepdims=keepdims, nan_policy="omit")


@oracle
def var(x: Any, *, axis: Any, correction: int, keepdims: bool) -> Any:
    only(x.ndim > 0, "arrays that have axes")
    return stats.tvar(x, axis=axis, ddof=correction, keepdims=keepdims)


@oracle
def std(x: Any, *, axis: Any, correction: int, keepdims: bool) -> Any:
    only(x.ndim > 0, "arrays that have axes")
    return stats.tstd(x, axis=axis, ddof=correction, keepdims=keepdims)


@oracle
def median(x: Any, *, axis: Any, keepdims: bool) -> Any:
    only(x.ndim > 0, "arrays that have axes")
    return stats.quantile(x, 0.5, method="inverted_cdf", axis=axis, keepdims=keepdims)


@oracle
def quantile(x: Any, *, q: float, axis: Any, keepdims: bool) -> Any:
    only(x.ndim > 0, "arrays that have axes")
    return stats.quantile(x, q, axis=axis, keepdims=keepdims)


@oracle
def histogram(x: Any, *, bins: int, low: float, high: float) -> Any:
    return ndimage.histogram(x, low, high, bins)


@oracle
def cumulative_sum(x: Any, *, axis: int, include_initial: bool, dtype: str) -> Any:
    only(not include_initial and x.size > 0, "sums of something")
    return signal.lfilter([1.0], [1.0, -1.0], x, axis)


@oracle
def diff(x: Any, *, axis: int, n: int) -> Any:
    only(x.size > 0 and 0 < n < x.shape[axis], "differences of something")
    found = signal.lfilter(np.poly([1.0] * n), [1.0], x, axis)
    return np.moveaxis(np.moveaxis(found, axis, 0)[n:], 0, axis)


# Products, by BLAS.


def _gemm(x: Any, y: Any, alpha: float = 1.0, beta: float = 0.0, c: Any = None) -> Any:
    only(x.size > 0 and y.size > 0, "matrices that have elements")
    function = blas.zgemm if np.iscomplexobj(x) else blas.dgemm
    return function(alpha, x, y, beta, c)


@oracle
def matmul(x: Any, y: Any) -> Any:
    only(x.ndim == y.ndim == 2, "matrices")
    return _gemm(x, y)


@oracle
def bmm(x: Any, y: Any) -> Any:
    only(len(x) > 0, "batches of something")
    return np.stack([_gemm(*pair) for pair in zip(x, y, strict=True)])


@oracle
def addmm(c: Any, x: Any, y: Any, *, alpha: float, beta: float) -> Any:
    full = np.array(np.broadcast_to(c, (x.shape[0], y.shape[1])))
    return _gemm(x, y, alpha, beta, full)


@oracle
def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    flat = _gemm(np.reshape(x, (-1, x.shape[-1])) if x.size else x, weight.T)
    product = np.reshape(flat, (*x.shape[:-1], len(weight)))
    return product if bias is None else product + bias


@oracle
def dot(x: Any, y: Any) -> Any:
    only(x.size > 0, "vectors that have elements")
    return (blas.zdotu if np.iscomplexobj(x) else blas.ddot)(x, y)


@oracle
def vdot(x: Any, y: Any) -> Any:
    only(x.size > 0, "vectors that have elements")
    return (blas.zdotc if np.iscomplexobj(x) else blas.ddot)(x, y)


@oracle
def mv(x: Any, y: Any) -> Any:
    only(x.size > 0, "matrices that have elements")
    return (blas.zgemv if np.iscomplexobj(x) else blas.dgemv)(1.0, x, y)


@oracle
def outer(x: Any, y: Any) -> Any:
    only(x.size > 0 and y.size > 0, "vectors that have elements")
    return (blas.zgeru if np.iscomplexobj(x) else blas.dger)(1.0, x, y)


@oracle
def kron(x: Any, y: Any) -> Any:
    only(max(x.ndim, y.ndim) < 3 and x.size * y.size > 0, "matrices that have elements")
    product = sparse.kron(np.atleast_2d(x), np.atleast_2d(y)).toarray()
    product = product.astype(x.dtype)  # without a number that is not zero it is real
    return np.reshape(product, product.shape[2 - max(x.ndim, y.ndim) :])


@oracle
def vector_norm(x: Any, *, axis: Any, ord: float, keepdims: bool) -> Any:
    only(isinstance(axis, int) and x.size > 0, "one axis, and arrays that have elements")
    return linalg.norm(x, ord, axis, keepdims, check_finite=False)


@oracle
def matrix_norm(x: Any, *, keepdims: bool) -> Any:
    return linalg.norm(x, "fro", (-2, -1), keepdims, check_finite=False)


@oracle
def trace(x: Any, *, offset: int, dtype: str) -> Any:
    only(x.ndim == 2, "matrices")
    return sparse.coo_array(x).trace(offset)


@oracle
def eye(*, rows: int, columns: int, k: int, dtype: str) -> Any:
    only(-rows < k < columns, "diagonals in the matrix")
    return sparse.eye_array(rows, columns, k=k, dtype=dtype).toarray()


@oracle
def tril(x: Any, *, k: int) -> Any:
    only(x.ndim == 2, "matrices")
    return sparse.tril(x, k).toarray()


@oracle
def triu(x: Any, *, k: int) -> Any:
    only(x.ndim == 2, "matrices")
    return sparse.triu(x, k).toarray()


@oracle
def roll(x: Any, *, shift: Any, axis: Any) -> Any:
    only(isinstance(axis, int) and isinstance(shift, int) and x.size > 0, "one axis")
    shifts = np.zeros(x.ndim)
    shifts[axis] = shift
    return ndimage.shift(x, shifts, order=0, mode="grid-wrap")

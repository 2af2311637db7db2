"""Random numbers of CuPy's Philox generator, seeded anew by each op.

It permutes nothing; CuPy's older RandomState does.
"""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function
from tensorcts.reference import dtypes

Shape = tuple[int, ...]


def _generator(seed: int) -> Any:
    return cupy.random.Generator(cupy.random.Philox4x3210(seed))


def _randn(*, shape: Shape, mean: float, std: float, seed: int, dtype: str) -> Any:
    if std < 0:
        raise ValueError(f"std is {std}; it must not be negative")
    kind = dtypes.numpy_dtype(dtype)
    return kind.type(mean) + kind.type(std) * _generator(seed).standard_normal(shape, kind)


def _bernoulli(*, shape: Shape, p: float, seed: int) -> Any:
    """CuPy does not check p, and takes floats alone."""
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}; it must be between 0 and 1")
    return _generator(seed).binomial(1, float(p), shape).astype(bool)


def _randperm(*, n: int, seed: int) -> Any:
    if n < 0:
        raise ValueError(f"n is {n}; it must not be negative")
    return cupy.random.RandomState(seed).permutation(n) if n else cupy.empty(0, np.int64)


OPS: dict[str, Function] = {
    "rand": lambda *, shape, seed, dtype: _generator(seed).random(shape, dtypes.numpy_dtype(dtype)),
    "randn": _randn,
    "randint": lambda *, shape, low, high, seed, dtype: _generator(seed).integers(
        low, high, shape, dtypes.numpy_dtype(dtype)
    ),
    "bernoulli": _bernoulli,
    "randperm": _randperm,
}

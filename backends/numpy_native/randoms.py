"""Random numbers of NumPy's own generators; 16-bit floats are not among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes

Array = NDArray[Any]
Shape = tuple[int, ...]


def _rand(*, shape: Shape, seed: int, dtype: str) -> Array:
    return np.random.default_rng(seed).random(shape, dtypes.numpy_dtype(dtype))


def _randn(*, shape: Shape, mean: float, std: float, seed: int, dtype: str) -> Array:
    if std < 0:
        raise ValueError(f"std is {std}; it must not be negative")
    kind = dtypes.numpy_dtype(dtype)
    standard = np.random.default_rng(seed).standard_normal(shape, kind)
    return np.asarray(kind.type(mean) + kind.type(std) * standard)


def _randint(*, shape: Shape, low: int, high: int, seed: int, dtype: str) -> Array:
    return np.random.default_rng(seed).integers(low, high, shape, dtypes.numpy_dtype(dtype))


def _bernoulli(*, shape: Shape, p: float, seed: int) -> Array:
    return np.random.default_rng(seed).binomial(1, p, shape).astype(bool)


OPS: dict[str, Callable[..., Any]] = {
    "rand": _rand,
    "randn": _randn,
    "randint": _randint,
    "bernoulli": _bernoulli,
    "randperm": lambda *, n, seed: np.random.default_rng(seed).permutation(n),
}

"""Random numbers of CuPy's Philox generator, seeded anew by each op."""

from __future__ import annotations

from typing import Any

import cupy

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


OPS: dict[str, Function] = {
    "rand": lambda *, shape, seed, dtype: _generator(seed).random(shape, dtypes.numpy_dtype(dtype)),
    "randn": _randn,
    "randint": lambda *, shape, low, high, seed, dtype: _generator(seed).integers(
        low, high, shape, dtypes.numpy_dtype(dtype)
    ),
    "bernoulli": lambda *, shape, p, seed: _generator(seed).binomial(1, p, shape).astype(bool),
    "randperm": lambda *, n, seed: _generator(seed).permutation(n),
}

"""Random numbers of CuPy's Philox generator, seeded anew by each op."""

from __future__ import annotations

from typing import Any

import cupy

from tensorcts.backends.cuda.adapting import Function
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

Shape = tuple[int, ...]


def _generator(seed: int) -> Any:
    return cupy.random.Generator(cupy.random.Philox4x3210(seed))


def _float(dtype: str) -> Any:
    if dtype not in ("float32", "float64"):
        raise UnsupportedError(f"CuPy draws float32 and float64 numbers, not {dtype}")
    return dtypes.numpy_dtype(dtype)


def _randn(*, shape: Shape, mean: float, std: float, seed: int, dtype: str) -> Any:
    if std < 0:
        raise ValueError(f"std is {std}; it must not be negative")
    kind = _float(dtype)
    return kind.type(mean) + kind.type(std) * _generator(seed).standard_normal(shape, kind)


OPS: dict[str, Function] = {
    "rand": lambda *, shape, seed, dtype: _generator(seed).random(shape, _float(dtype)),
    "randn": _randn,
    "randint": lambda *, shape, low, high, seed, dtype: _generator(seed).integers(
        low, high, shape, dtypes.numpy_dtype(dtype)
    ),
    "bernoulli": lambda *, shape, p, seed: _generator(seed).binomial(1, p, shape).astype(bool),
    "randperm": lambda *, n, seed: _generator(seed).permutation(n),
}

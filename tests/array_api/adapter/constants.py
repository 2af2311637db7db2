"""The limits of dtypes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tensorcts.reference import dtypes, limits

from .running import dtype_name


@dataclass(frozen=True)
class FloatInfo:
    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: Any


@dataclass(frozen=True)
class IntegerInfo:
    bits: int
    max: int
    min: int
    dtype: Any


def _name(type: Any) -> str:
    return dtype_name(type) if isinstance(type, np.ndarray) else dtypes.name_of(type)


def finfo(type: Any, /) -> FloatInfo:
    found = limits.finfo(_name(type))
    kept = (found.bits, found.eps, found.max, found.min, found.smallest_normal)
    return FloatInfo(*kept, np.dtype(found.dtype))


def iinfo(type: Any, /) -> IntegerInfo:
    found = limits.iinfo(_name(type))
    return IntegerInfo(found.bits, found.max, found.min, np.dtype(found.dtype))

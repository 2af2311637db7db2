"""Rounding in rational arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

from tensorcts.reference.dtypes import Format


def nearest(value: Fraction, target: Format) -> float:
    """``value`` rounded to nearest even in rational arithmetic; beyond the largest, infinity."""
    if value == 0:
        return 0.0
    ratio = abs(value)
    exponent = ratio.numerator.bit_length() - ratio.denominator.bit_length()
    exponent -= Fraction(2) ** exponent > ratio
    quantum = Fraction(2) ** (max(exponent, target.emin) - target.p + 1)
    rounded = round(value / quantum) * quantum
    return math.copysign(math.inf, value) if abs(rounded) > target.max else float(rounded)

"""Complex numbers and their parts: complex, real, imag, conj, angle."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays import primitives
from tensorcts.reference.dtypes import COMPLEX, HALF_COMPLEX
from tensorcts.reference.registry import op


@op(
    dtypes=("float64", "float32"),
    result="complex",
    zero_sign=True,
)
def complex(real: Any, imag: Any) -> Any:
    """The complex number real + i·imag, elementwise; nothing is computed.

    Constraints: (C1) real and imag have one dtype; (C2) their shapes broadcast.
    Special values: signed zeros, infinities and NaN stay what they are in each part.
    Gradient: Re g for real, Im g for imag, each summed over its broadcast axes.
    Source: PyTorch complex; StableHLO complex.
    """
    return primitives.join_parts(real, imag)


@op(
    dtypes=COMPLEX + HALF_COMPLEX,
    result="real",
    zero_sign=True,
    aliases="may",
)
def real(x: Any) -> Any:
    """The real part of a complex number, elementwise.

    Special values: signed zeros, infinities and NaN stay what they are.
    Gradient: g, a real number: nothing comes to the imaginary part.
    Source: Array API 2024.12 real.
    """
    return np.real(x)


@op(
    dtypes=COMPLEX + HALF_COMPLEX,
    result="real",
    zero_sign=True,
    aliases="may",
)
def imag(x: Any) -> Any:
    """The imaginary part of a complex number, elementwise.

    Special values: signed zeros, infinities and NaN stay what they are.
    Gradient: i·g.
    Source: Array API 2024.12 imag.
    """
    return np.imag(x)


@op(
    dtypes=COMPLEX + HALF_COMPLEX,
    zero_sign=True,
    also_known_as=("conjugate",),
)
def conj(x: Any) -> Any:
    """The complex conjugate, elementwise: the sign bit of the imaginary part flips.

    Special values: the imaginary part ±0 becomes ∓0.
    Gradient: the conjugate of g.
    Source: Array API 2024.12 conj.
    """
    return np.conjugate(x)


@op(dtypes=COMPLEX, result="real", zero_sign=True, also_known_as=("arg",))
def angle(x: Any) -> Any:
    """The argument of a complex number in [-π, π], elementwise: atan2(imag, real).

    Special values: those of atan2: the sign of a zero part counts, and angle(-2 - 0i) is -π.
    Gradient: i·g·x/|x|².
    Kinks: 0 at 0; the same on both sides of the cut.
    Source: PyTorch angle; NumPy angle.
    """
    return np.arctan2(np.imag(x), np.real(x))

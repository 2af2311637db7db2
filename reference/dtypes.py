"""The dtypes of the suite: names, formats, and rounding a wide value to a narrow format once.

A dtype is known by its name (``"float32"``, ``"bfloat16"``, ``"complex64"``, ...) everywhere in
the suite; the NumPy dtype behind it is looked up here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

FLOATING = ("float64", "float32", "float16", "bfloat16")
COMPLEX = ("complex64", "complex128")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
BOOL = ("bool",)
INTEGER = SIGNED + UNSIGNED
REAL = FLOATING + INTEGER
NUMERIC = FLOATING + COMPLEX + INTEGER
ALL = NUMERIC + BOOL
"""The dtypes that are computed in."""

FLOAT8 = ("float8_e4m3fn", "float8_e5m2")
HALF_COMPLEX = ("complex32", "bcomplex32")
STORAGE = FLOAT8 + HALF_COMPLEX
"""Formats to store numbers in: cast, moved and compared; half complex numbers (two float16 or
bfloat16) are also added and multiplied, as complex64 rounded once."""

STORABLE = ALL + STORAGE
"""Every dtype that an array may have."""

EXTENDED = ("bfloat16", *STORAGE)
"""The dtypes that are ml_dtypes' own: other libraries take them as their bits."""

_NUMPY: dict[str, np.dtype[Any]] = {
    name: np.dtype(getattr(ml_dtypes, name) if name in EXTENDED else name) for name in STORABLE
}
_NAMES = {dtype: name for name, dtype in _NUMPY.items()}


@dataclass(frozen=True)
class Format:
    """A binary floating-point format: significand bits (hidden bit included) and exponent range.

    ``max`` is the largest finite number, ``emin`` the exponent of the smallest normal number.
    """

    p: int
    emin: int
    max: float

    @property
    def unit_roundoff(self) -> float:
        """Half the distance from 1 to the next number: 2**-p."""
        return 2.0**-self.p

    @property
    def smallest_normal(self) -> float:
        """The smallest positive normal number."""
        return 2.0**self.emin

    @property
    def smallest_subnormal(self) -> float:
        """The smallest positive number."""
        return float(np.ldexp(1.0, self.emin - self.p + 1))

    def holds(self, other: Format) -> bool:
        """Whether every number of the other format is one of this."""
        finer = self.smallest_subnormal <= other.smallest_subnormal
        return self.p >= other.p and finer and self.max >= other.max

    def ulp(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The distance between the format's numbers in the binade of ``x`` (real valued).

        Infinite for what is not finite.
        """
        return np.asarray(np.maximum(binades(x), self.smallest_normal) * 2.0 ** (1 - self.p))


def binades(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The powers of two 2**k ≤ |x| < 2**(k+1): 0 below float64's normal numbers, inf past them."""
    exponent = np.asarray(x, np.float64).view(np.int64) & _EXPONENT
    return np.asarray(exponent).view(np.float64)


_EXPONENT = np.int64(0x7FF << 52)
"""The bits of a float64 that hold its exponent."""


@cache
def format_of(name: str) -> Format:
    """The format of a floating dtype, or of the components of a complex one."""
    info: Any = ml_dtypes.finfo(numpy_dtype(component(name)))  # type: ignore[no-untyped-call]
    return Format(info.nmant + 1, int(np.log2(float(info.smallest_normal))), float(info.max))


def numpy_dtype(name: str) -> np.dtype[Any]:
    """The NumPy dtype called ``name``; raises ValueError for a name the suite does not know."""
    try:
        return _NUMPY[name]
    except KeyError:
        raise ValueError(f"unknown dtype {name!r}; the dtypes are {', '.join(STORABLE)}") from None


def name_of(dtype: np.dtype[Any]) -> str:
    """The suite's name of a NumPy dtype; raises ValueError for one the suite does not know."""
    try:
        return _NAMES[np.dtype(dtype)]
    except KeyError:
        raise ValueError(f"unknown dtype {dtype}; the dtypes are {', '.join(STORABLE)}") from None


def is_floating(name: str) -> bool:
    """Whether ``name`` is a real floating-point dtype, be it for storage only."""
    return name in FLOATING or name in FLOAT8


def is_complex(name: str) -> bool:
    """Whether ``name`` is a complex dtype, be it for storage only."""
    return name in COMPLEX or name in HALF_COMPLEX


def is_inexact(name: str) -> bool:
    """Whether ``name`` is a real or complex floating-point dtype."""
    return is_floating(name) or is_complex(name)


_COMPONENTS = {
    "complex64": "float32",
    "complex128": "float64",
    "complex32": "float16",
    "bcomplex32": "bfloat16",
}


def component(name: str) -> str:
    """The real dtype of a complex dtype's parts; any other dtype is its own component."""
    return _COMPONENTS.get(name, name)


def complex_of(name: str) -> str:
    """The complex dtype whose parts are ``name``; raises ValueError where there is none."""
    for whole, part in _COMPONENTS.items():
        if name in (whole, part):
            return whole
    raise ValueError(f"no complex dtype has parts of dtype {name!r}")


def is_narrow(name: str) -> bool:
    """Whether the dtype's numbers, or their parts, are 16-bit floats, computed in float32."""
    return component(name) in ("float16", "bfloat16")


def parts(array: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The real and the imaginary parts of a complex array."""
    if array.dtype.kind == "c":
        return array.real, array.imag
    return ml_dtypes.real(array), ml_dtypes.imag(array)


def of_parts(real: NDArray[Any], imag: NDArray[Any], name: str) -> NDArray[Any]:
    """The array of the complex dtype ``name`` with these parts."""
    pairs = np.stack([real, imag], axis=-1).astype(numpy_dtype(component(name)))
    array: NDArray[Any] = pairs.view(numpy_dtype(name))[..., 0]
    return array


def wide(name: str) -> str:
    """The dtype that a definition runs in: float64, complex128, or the integer dtype itself."""
    if is_floating(name):
        return "float64"
    return "complex128" if is_complex(name) else name


def widen(array: NDArray[Any]) -> NDArray[Any]:
    """``array`` in its wide dtype; every value is represented exactly."""
    with np.errstate(invalid="ignore"):  # a signalling NaN is one
        return array.astype(numpy_dtype(wide(name_of(array.dtype))))


def round_once(hi: NDArray[Any], lo: NDArray[Any], name: str) -> NDArray[Any]:
    """The real number ``hi + lo`` rounded once, to nearest even, to the dtype ``name``.

    ``hi`` is float64 (or complex128) and ``lo`` what is left, less than an ulp of ``hi``.
    Casts that go through float32 round twice and are wrong near midpoints (about a third of
    them for bfloat16); here the sticky bit of round-to-odd carries the lost part instead.
    Beyond the largest number lies infinity, or NaN where the format has no infinities.
    """
    target = numpy_dtype(name)
    if is_complex(name):
        part = component(name)
        real = round_once(np.real(hi), np.real(lo), part)
        return of_parts(real, round_once(np.imag(hi), np.imag(lo), part), name)
    if name == "float64":
        return np.where(lo == 0, hi, hi + lo)  # -0 + 0 would be +0
    if not is_floating(name):
        return np.asarray(hi).astype(target)
    odd = np.asarray(hi, np.float64)
    if np.any(lo):
        odd = round_to_odd(odd, np.asarray(lo, np.float64))
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if name not in EXTENDED:
            return odd.astype(target)
        single = odd.astype(np.float32)
        return round_to_odd(single, odd - single.astype(np.float64)).astype(target)


def round_to_odd(x: NDArray[Any], rest: NDArray[np.float64]) -> NDArray[Any]:
    """``x + rest`` truncated toward zero, its last bit set where anything was cut off."""
    bits = x.view(np.int32 if x.dtype == np.float32 else np.int64)
    inexact = (rest != 0) & np.isfinite(rest)
    beyond = inexact & (np.signbit(rest) != np.signbit(x))
    rounded = (bits - beyond) | inexact
    return np.asarray(rounded.astype(bits.dtype).view(x.dtype))

"""Arithmetic of as many bits as asked for: mpmath's, in a context of our own.

mpmath's global context belongs to whoever runs in the same process; nobody else touches this one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import mpmath
import numpy as np
from mpmath.libmp import from_man_exp
from numpy.typing import NDArray

MP: Any = mpmath.MPContext()

NAN = MP.mpf("nan")

PRECISION = 200
"""Bits that ``Exact`` carries by itself: 53 for a float64, the rest against cancellation."""

_BITS = ContextVar("bits", default=PRECISION)
_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """``Exact`` carries that many bits within."""
    token = _BITS.set(bits)
    try:
        yield
    finally:
        _BITS.reset(token)


@contextmanager
def arbitrary_precision() -> Iterator[None]:
    """``MP`` carries the bits of ``Exact`` within; one thread at a time, for it has one state."""
    with _ONE_AT_A_TIME, MP.workprec(_BITS.get()):
        yield


def number(x: Any) -> Any:
    """``x`` as one of the context's numbers, exactly."""
    return x if isinstance(x, MP.mpf | MP.mpc) else MP.mpmathify(x)


def scaled(significand: int, exponent: int) -> Any:
    """The number significand·2**exponent, of however many bits."""
    return MP.make_mpf(from_man_exp(significand, exponent))


def elementwise(function: Callable[..., Any], arguments: int = 1) -> Callable[..., NDArray[Any]]:
    """``function`` of single numbers as a function of object arrays (0-d in, 0-d out)."""
    ufunc = np.frompyfunc(function, arguments, 1)

    def apply(*arrays: Any) -> NDArray[Any]:
        with np.errstate(all="ignore"):
            return np.asarray(ufunc(*arrays), dtype=object)

    return apply


def nearest_float(x: Any) -> float:
    """The float64 nearest to a real number, ties to even."""
    sign, significand, exponent, length = number(x)._mpf_
    if not significand or exponent + length > -1021:
        return float(x)
    # mpmath rounds to 53 bits first, which is once too often among the subnormal numbers.
    if exponent + length <= -1075:
        return 0.0
    return int(-significand if sign else significand) / (1 << -exponent)

"""Functions of real numbers by balls: intervals that hold the true value for certain.

The arithmetic is FLINT's (Arb), by python-flint: quick and rigorous, but an optional dependency.
"""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from tensorcts.reference.arrays.multiprecision import scaled

GUARD = 16
"""Bits beyond those asked for, which the first attempt is made with."""

MOST = 16
"""How many times as many bits the last attempt is made with."""

NAMED_OTHERWISE: dict[str, Callable[..., Any]] = {
    "log2": lambda x: x.log_base(2),
    "log10": lambda x: x.log_base(10),
    "loggamma": lambda x: x.lgamma(),
    "power": operator.pow,
}
"""Functions that python-flint has under other names than mpmath."""


@cache
def library() -> Any | None:
    """The module ``flint``, None where it isn't installed: an import that only truths need."""
    try:
        return importlib.import_module("flint")
    except ImportError:
        return None


def enclosed(name: str, numbers: tuple[Any, ...], bits: int) -> Any | None:
    """The function's value to within 2**-bits relatively; None where no ball is that small."""
    flint = library()
    if flint is None:
        return None
    function = NAMED_OTHERWISE.get(name) or getattr(flint.arb, name)
    precision = bits + GUARD
    while precision <= MOST * bits:
        with _precision(flint.ctx, precision):
            ball = function(*map(flint.arb, numbers))
            if ball.rel_accuracy_bits() >= bits:
                significand, exponent = ball.mid().man_exp()
                return scaled(int(significand), int(exponent))
        precision *= 2
    return None


@contextmanager
def _precision(context: Any, bits: int) -> Iterator[None]:
    before, context.prec = context.prec, bits
    try:
        yield
    finally:
        context.prec = before

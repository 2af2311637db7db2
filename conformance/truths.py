"""Truths: by float64 arithmetic where that is good enough, else by as many bits as it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.cases import Case
from tensorcts.reference import dtypes
from tensorcts.reference.arrays import primitives
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import PRECISION, precision
from tensorcts.tolerances import budgets, doubt, rules, spreads
from tensorcts.tolerances.model import NoiseModel

Wrap = Callable[[NDArray[Any]], Any]
Run = Callable[[Wrap], tuple[Any, ...]]

ROUNDED_TWICE = ("add", "subtract", "multiply", "divide", "reciprocal", "sqrt")
"""Ops that float64 and then a format of p ≤ 25 round as one rounding does (Figueroa 1995)."""


def compute(
    case: Case, run: Run, model: NoiseModel | None, wanted: list[tuple[str, rules.Rule]]
) -> list[NDArray[Any]]:
    """All outputs' hi, then all lo, all sigma and all sums (empty without a model).

    wanted: the dtype and the rule of each output, or one pair for all.
    """
    plain = [np.asarray(output) for output in run(lambda array: array)]
    names = [name for name, _ in wanted] * (1 if len(wanted) > 1 else len(plain))
    exactly = any(_needs_exact(case, *each, plain) for each in wanted)
    bits = PRECISION if exactly else 0
    while True:
        his, los = _evaluated(run, plain, bits)
        if model is None:
            return his + los + [np.zeros(0) for _ in his + his]
        seed = int.from_bytes(case.digest()[:8], "little")
        largest = max(a.size for a in (*plain, *case.arrays) if a is not None)
        found = spreads.spreads(run, his, names, model, seed, largest)
        sigmas = [each.sigma for each in found]
        floats = [e for e in zip(his, sigmas, names, strict=True) if dtypes.is_inexact(e[2])]
        needed = max((doubt.bits_needed(*each, model) for each in floats), default=0)
        if needed <= max(bits, 53):
            return his + los + sigmas + [each.sums for each in found]
        bits = max(needed, PRECISION)


def _evaluated(
    run: Run, plain: list[NDArray[Any]], bits: int
) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    """The outputs' hi and lo, by an arithmetic of so many bits; 0 is float64's."""
    if not bits:
        return plain, [np.zeros(p.shape) for p in plain]
    with precision(bits):
        pairs = [split(output, p) for output, p in zip(run(Exact), plain, strict=True)]
    return [hi for hi, _ in pairs], [lo for _, lo in pairs]


def are_costly(case: Case, model: NoiseModel | None, wanted: list[tuple[str, rules.Rule]]) -> bool:
    """Whether the truths may take more than float64 arithmetic, and so longer than reading them."""
    return model is not None or any(_may_need_exact(case, *each) for each in wanted)


def _needs_exact(case: Case, result: str, rule: rules.Rule, plain: list[NDArray[Any]]) -> bool:
    """Whether float64 arithmetic can't give the truth of an output of the dtype ``result``."""
    if not _may_need_exact(case, result, rule):
        return False
    near = rule.kind == "exact" and _is_approximated(case, result)
    return not near or any(doubt.may_round_otherwise(p, result) for p in plain)


def _may_need_exact(case: Case, result: str, rule: rules.Rule) -> bool:
    """Whether it can't for some values.

    It can't where the result is float64 itself and rounds, nor for a 64-bit integer as a float, nor
    where a sum that needs more bits, or a function near a midpoint, is to round only once.
    """
    if rule.kind != "exact":
        return dtypes.component(result) == "float64"
    long = case.op.name == "astype" and case.dtype in ("int64", "uint64")
    longer = case.op.name == "fma" or (long and dtypes.is_inexact(result))
    return longer or _is_approximated(case, result)


def _is_approximated(case: Case, result: str) -> bool:
    """Whether float64 arithmetic gives the function off by roundings of its own."""
    name = case.op.name
    return name in budgets.rows() and name not in ROUNDED_TWICE and dtypes.is_floating(result)


def split(output: Any, plain: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """hi and lo of an exact output; what hangs on the sign of a zero comes from float64 arithmetic.

    mpmath has no signed zeros: zeros and what is not finite are taken from ``plain``, and the sign
    where the two differ in nothing else, as in atan2(-0, -1).
    """
    if not isinstance(output, Exact):
        return plain, np.zeros(plain.shape)
    hi, lo = output.split()
    if not np.iscomplexobj(plain):
        return _signed(hi, lo, plain, np.where(np.isnan(plain), plain, np.copysign(0.0, plain)))
    zero = np.zeros(plain.shape)
    parts = [(np.real(hi), np.real(lo), plain.real), (np.imag(hi), np.imag(lo), plain.imag)]
    found = [_signed(h, low, p, np.copysign(zero, p)) for h, low, p in parts]
    his, los = zip(*found, strict=True)
    return primitives.join_parts(*his), primitives.join_parts(*los)


def _signed(
    hi: NDArray[Any], lo: NDArray[Any], plain: NDArray[Any], zero: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """A real hi and lo with the signs of ``plain``, and ``zero`` where they are zero."""
    with np.errstate(all="ignore"):
        nothing, wild = (hi == 0) & (lo == 0), ~np.isfinite(hi)
        sign = np.where(np.abs(hi + plain) < 2.0**-30 * np.abs(hi), -1.0, 1.0)
    hi = np.where(wild, plain, np.where(nothing, zero, sign * hi))
    return hi, np.where(nothing | wild, 0.0, sign * lo)

"""The comparison of a result with its truth: the one place where a value passes or fails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.cases import number
from tensorcts.conformance.oracle import Expected
from tensorcts.reference import dtypes
from tensorcts.tolerances import rules, ulps

Outcome = Literal["pass", "fail", "vacuous"]


@dataclass(frozen=True)
class Comparison:
    """How one output compares with its truth.

    ulp, z: the largest errors, in ulps and in z = |got - truth|/(σ + ½ ulp), None where undefined.
    tightness: the largest error in units of what is allowed, None where nothing was to be judged.
    vacuous: how many of the ``count`` elements had a tolerance that carries no information: none
        at all, or one that lets 0 pass as well.
    index: the worst element; got, truth, allowed describe it.
    """

    outcome: Outcome
    message: str = ""
    ulp: float | None = None
    z: float | None = None
    tightness: float | None = None
    count: int = 0
    vacuous: int = 0
    index: tuple[int, ...] | None = None
    got: str = ""
    truth: str = ""
    allowed: str = ""


def compare(
    got: NDArray[Any],
    expected: Expected,
    *,
    zero_sign: bool,
    flush: str = "no",
    flushed: Expected | None = None,
    admitted: NDArray[np.bool_] | None = None,
) -> Comparison:
    """Judge one output.

    zero_sign: whether the sign of a zero result is part of the definition.
    flush: the declared trait ``flush_subnormals``; "no" holds the backend to subnormal results.
    flushed: the truth for subnormal inputs taken as zeros, as good as the other, where declared.
    admitted: elements that are right whatever the truth, by a property that the op allows.
    """
    if got.dtype != dtypes.numpy_dtype(expected.dtype):  # it need not be a dtype of the suite's
        return Comparison("fail", f"the result's dtype is {got.dtype}, not {expected.dtype}")
    if got.shape != expected.hi.shape:
        return Comparison(
            "fail", f"the result's shape is {list(got.shape)}, not {list(expected.hi.shape)}"
        )
    defined = True if expected.free is None else ~expected.free
    if got.dtype == bool and np.any(odd := (got.view(np.uint8) > 1) & defined):
        return Comparison("fail", f"{np.count_nonzero(odd)} bools are bytes other than 0 and 1")
    measure = _measured_exactly if expected.rule.kind == "exact" else _measured
    others = _others(expected) if flushed is None else [flushed, *_others(expected, flushed)]
    with np.errstate(all="ignore"):  # what nobody wrote to may hold anything, signalling NaNs too
        errors = measure(got, expected, zero_sign, flush)
        for other in others:
            errors = _better(errors, measure(got, other, zero_sign, flush))
        if flushed is not None:  # where subnormals are taken as zeros one is as good as a zero
            zeros = without_subnormals(got)
            errors = _better(errors, measure(zeros, flushed, zero_sign, flush))
    if admitted is not None:
        nothing = np.zeros(got.shape)
        errors = _better(errors, _Errors(~admitted, nothing, nothing, nothing, errors.allowed))
    return _concluded(got, expected, errors)


@np.errstate(invalid="ignore")  # of signalling NaNs
def without_subnormals(array: NDArray[Any]) -> NDArray[Any]:
    """The array with zeros of the same sign for subnormals; itself where it has none."""
    name = dtypes.name_of(array.dtype)
    if dtypes.is_complex(name):
        real, imag = map(without_subnormals, dtypes.parts(array))
        flushed = dtypes.of_parts(real, imag, name)
        return array if np.array_equal(flushed, array, equal_nan=True) else flushed
    if not dtypes.is_floating(name):
        return array
    size = np.abs(array.astype(np.float64))
    tiny = (size > 0) & (size < dtypes.format_of(name).smallest_normal)
    if not np.any(tiny):
        return array
    return np.where(tiny, np.copysign(array.dtype.type(0), array), array)


def _better(errors: _Errors, others: _Errors) -> _Errors:
    """For each element the errors beside another truth, where that makes it right."""

    def chosen(
        one: NDArray[np.float64] | None, other: NDArray[np.float64] | None
    ) -> NDArray[np.float64] | None:
        return one if one is None or other is None else np.where(others.wrong, one, other)

    return _Errors(
        errors.wrong & others.wrong,
        np.where(others.wrong, errors.severity, others.severity),
        chosen(errors.ulp, others.ulp),
        chosen(errors.z, others.z),
        errors.allowed,
        errors.weak,
    )


def _others(*truths: Expected) -> list[Expected]:
    """What is as good as one of the truths."""
    return [_of(array, truth) for truth in truths for array in truth.alternatives]


def _of(alternative: NDArray[Any], expected: Expected) -> Expected:
    """What is expected where an alternative stands for the truth."""
    wide = np.asarray(alternative).astype(expected.hi.dtype)
    return replace(expected, hi=wide, lo=np.zeros(wide.shape))


@dataclass(frozen=True)
class _Errors:
    """For each element whether it is wrong, and how far off it is.

    severity: the error over the bound, or in ulps where only the truth itself passes.
    allowed: the bound in ulps, infinite where it says nothing.
    weak: where the bound lets 0 pass as well as the truth.
    """

    wrong: NDArray[np.bool_]
    severity: NDArray[np.float64]
    ulp: NDArray[np.float64] | None
    z: NDArray[np.float64] | None
    allowed: NDArray[np.float64] | None
    weak: NDArray[np.bool_] | None = None


def _measured_exactly(
    got: NDArray[Any], expected: Expected, zero_sign: bool, flush: str
) -> _Errors:
    """Equal bit for bit to the truth rounded once; NaNs are equal as a class."""
    wanted = dtypes.round_once(expected.hi, expected.lo, expected.dtype)
    same = _same(got, wanted, zero_sign)
    flushed = np.zeros(got.shape, bool)
    if flush != "no" and dtypes.is_floating(expected.dtype):
        flushed = (got == 0) & _tiny(expected)
        same |= flushed
    if not dtypes.is_inexact(expected.dtype):
        return _Errors(~same, np.where(same, 0.0, 1.0), None, None, None)
    ulp = np.where(flushed, 0.0, _error(got, expected) / _unit(expected))
    overflowed = same & (got != got)  # NaN stands past the largest number without infinities
    return _Errors(~same, np.where(same, 0.0, ulp), np.where(overflowed, 0.0, ulp), None, None)


def _smallest_normal(expected: Expected) -> float:
    """Below it results are flushed: in float32 and what is as wide, never in a narrower format."""
    names = ("float32", expected.dtype)
    return min(dtypes.format_of(name).smallest_normal for name in names)


def _tiny(expected: Expected) -> NDArray[np.bool_]:
    """What is flushed: of float64 the smallest normal too, which hides what lies just below it."""
    size, normal = np.abs(expected.hi), _smallest_normal(expected)
    return np.asarray(size <= normal if expected.dtype == "float64" else size < normal, bool)


def _same(got: NDArray[Any], wanted: NDArray[Any], zero_sign: bool) -> NDArray[np.bool_]:
    same = (got == wanted) | ((got != got) & (wanted != wanted))
    if zero_sign and got.dtype.kind not in "iub":
        for g, w in zip(_parts(got), _parts(wanted), strict=True):
            same &= (np.signbit(g) == np.signbit(w)) | (w != 0) | (got != got)
    return np.asarray(same, bool)


def _parts(array: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """What has a sign: the array itself, or the parts of a complex one."""
    return dtypes.parts(array) if dtypes.is_complex(dtypes.name_of(array.dtype)) else (array,)


def _measured(got: NDArray[Any], expected: Expected, zero_sign: bool, flush: str) -> _Errors:
    """At most as far from the truth as the ulp or the derived rule allows; NaN only for NaN.

    All is counted in ulps: half the smallest float64 is not a float64. Those of a complex number
    are its modulus', of which the last rounding takes half in each part.
    """
    unit, z = _unit(expected), None
    last = np.sqrt(0.5) if dtypes.is_complex(expected.dtype) else 0.5
    error = _error(got, expected) / unit
    if expected.sigma is None:
        allowed = np.full(error.shape, expected.rule.ulps)
    else:
        sigma = np.where(np.isnan(expected.sigma), np.inf, expected.sigma) / unit
        allowed = last + rules.SIGMAS * sigma
        z = np.where(error == 0, 0.0, error / (sigma + last))
    wrong = ~(error <= allowed)
    if zero_sign and not dtypes.is_complex(expected.dtype):
        wrong |= _other_zero(got, expected)
    if flush != "no":  # what may be flushed is no error
        near_zero = np.abs(expected.hi) - allowed * unit < _smallest_normal(expected)
        flushed = (got == 0) & near_zero
        wrong, error = wrong & ~flushed, np.where(flushed, 0.0, error)
    severity = np.where(error == 0, 0.0, error / allowed)
    return _Errors(wrong, severity, error, z, allowed, _weak(expected, allowed, unit))


def _weak(
    expected: Expected, allowed: NDArray[np.float64], unit: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Where 0 passes as well as the truth; a truth of 0 is known unless roundings lead there."""
    size = np.abs(expected.hi) / unit
    known = (size == 0) if expected.sigma is None else (size == 0) & (expected.sigma == 0)
    return np.asarray((allowed >= size) & ~known, bool)


def _other_zero(got: NDArray[Any], expected: Expected) -> NDArray[np.bool_]:
    """Where the truth is a zero and the result the zero of the other sign."""
    both = (got == 0) & (expected.hi == 0) & (expected.lo == 0)
    return np.asarray(both & (np.signbit(got) != np.signbit(expected.hi)), bool)


def _error(got: NDArray[Any], expected: Expected) -> NDArray[np.float64]:
    """|got - truth|; for complex numbers the modulus."""
    form = dtypes.format_of(expected.dtype)
    hi, lo = expected.hi, expected.lo
    if not dtypes.is_complex(expected.dtype):
        return ulps.error(got.astype(np.float64), hi, lo, form)
    parts = [
        ulps.error(g.astype(np.float64), h, np.asarray(low, np.float64), form)
        for g, h, low in zip(dtypes.parts(got), (hi.real, hi.imag), (lo.real, lo.imag), strict=True)
    ]
    nan = np.isnan(hi) & np.isnan(got)  # a complex number is NaN if either part is
    return np.where(nan, 0.0, np.hypot(*parts))


def _unit(expected: Expected) -> NDArray[np.float64]:
    """The ulp of the truth; for complex numbers that of its modulus."""
    form = dtypes.format_of(expected.dtype)
    if dtypes.is_complex(expected.dtype):
        size = np.abs(expected.hi)
        return ulps.kahan_ulp(size, np.zeros(size.shape), form)
    return ulps.kahan_ulp(expected.hi, expected.lo, form)


def _concluded(got: NDArray[Any], expected: Expected, errors: _Errors) -> Comparison:
    blind = np.zeros(got.shape, bool) if expected.free is None else expected.free
    if errors.allowed is not None:
        blind = blind | ~np.isfinite(errors.allowed)
    wrong, ulp, z = errors.wrong & ~blind, errors.ulp, errors.z
    weak = blind if errors.weak is None else blind | errors.weak
    count, vacuous = got.size, int(np.count_nonzero(weak))
    tightness = None if errors.allowed is None else _largest(errors.severity, blind)
    if not np.any(wrong):
        outcome: Outcome = "vacuous" if count and vacuous == count else "pass"
        sizes = (_largest(ulp, blind), _largest(z, blind), tightness)
        return Comparison(outcome, "", *sizes, count, vacuous)
    severity = np.where(np.isnan(errors.severity), np.inf, errors.severity)
    worst = int(np.argmax(np.where(wrong, severity, -1.0)))
    index = tuple(int(i) for i in np.unravel_index(worst, got.shape))
    limit = "exact" if errors.allowed is None else f"{float(errors.allowed[index]):.3g} ulp"
    return Comparison(
        "fail",
        f"{int(np.count_nonzero(wrong))} of {count} elements are wrong",
        None if ulp is None else float(ulp[index]),
        None if z is None else float(z[index]),
        tightness,
        count,
        vacuous,
        index,
        number(got[index]),
        truth_text(expected, index),
        limit,
    )


def _largest(values: NDArray[np.float64] | None, blind: NDArray[np.bool_]) -> float | None:
    if values is None or not np.any(~blind):
        return None
    return float(np.max(np.where(blind, 0.0, values)))


def truth_text(expected: Expected, index: tuple[int, ...]) -> str:
    """The truth at an index; what lies beyond float64 as a second term."""
    hi, lo = expected.hi[index], expected.lo[index]
    return number(hi) + (f" + {float(lo):.3g}" if np.isrealobj(lo) and lo != 0 else "")

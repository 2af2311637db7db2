"""Statistics over all elements of a test: what is wrong with all of them, and shows in none.

Each element may be off by 6 σ, so a result scaled by 1 + 1e-6 or truncated instead of rounded
passes element by element. Over a test three figures are estimated from the sums that
``tolerances.spreads`` defines: the gain (the common relative error), the bias (the common error
away from zero, in ulps) and the variance ratio S.

The null. A gain or bias is Σᵢ aᵢeᵢ with fixed weights aᵢ. Honest errors are bounded or normal, of
mean 0 and at most the standard deviation sᵢ of the model. Such errors are sub-Gaussian: a sum of
independent ones of variance V has P(|sum| > z√V) ≤ 2·exp(-z²/2) (Hoeffding 1963), which is 1e-9 at
``SURE``. But elements are not independent:

* Equal numbers have equal rounding errors, as have numbers that differ by a power of two, and all
  that lie close together are rounded to one side. So elements whose truths have one significand, to
  a quarter of an ulp, count as one, wherever in the test they stand: they add up before they are
  squared.
* Elements share inner roundings: all of a row have that of its mean. The noisy runs behind σ have
  them too; the mean square of their own sums is the variance that comes of it. Both variances are
  added, so independent errors count twice rather than shared ones not at all.
* A function may be off to one side within its budget, everywhere. Allowed beside what is random is
  the sum of the run in which all lean away from zero, or ``LEANING`` times the root mean square of
  the runs that lean at random: a uniform lean reaches √3 of its own, so three that agree have room.

What is smaller than an eighth of an ulp fails nobody. The variance ratio of a case is a mean of
squares of sub-Gaussian errors, however they hang together, so its moment-generating function is
at most that of χ² with one degree of freedom, and C times the mean over C cases is at most a χ²
with C (Jensen's inequality; Boucheron, Lugosi & Massart 2013, §2.3).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri, stdtrit

from tensorcts.conformance.oracle import Expected
from tensorcts.reference import dtypes
from tensorcts.tolerances import spreads, ulps

FALSE_ALARMS = 1e-9
"""The probability, at most, that an honest backend fails a test by one of its statistics."""

SURE = math.sqrt(2 * math.log(2 / FALSE_ALARMS))
"""How many standard deviations that takes: 6.5."""

NORMAL = -float(ndtri(FALSE_ALARMS / 2))
"""How many it takes a normal distribution: 6.1."""

LEANING = 3.0

LEAST = 0.125
"""The bias, in ulps, that is of no account; the gain likewise, in ulps of 1."""

GROUPS = 2**18
"""So many distinct significands are kept apart; then new ones are begun."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """What the elements of one case add up to, or those of several.

    found: the sums (gain, bias, square) of the errors.
    weights: what they are divided by (Σ r²/v, Σ 1/v, the count).
    drawn: for gain and bias the variances of the noisy runs' sums.
    doubt: the squares of the cases' variances, added up.
    leaning: the sums of the leaning runs.
    groups: the significands of the truths, in quarters of an ulp, sorted.
    shares: for each the standard deviation that it adds to gain and bias.
    closed: the variances of groups that are no longer kept apart.
    ratio: the sum of the cases' variance ratios.
    cases: how many there are.
    unit: the finest spacing of the results' formats at 1.
    """

    found: Floats
    weights: Floats
    drawn: Floats
    doubt: Floats
    leaning: Floats
    groups: Floats
    shares: Floats
    closed: Floats
    ratio: float
    cases: int
    unit: float

    def __add__(self, other: Evidence) -> Evidence:
        """Both together; their random errors are independent where their truths differ."""
        groups, shares = _grouped(
            np.concatenate([self.groups, other.groups]),
            np.concatenate([self.shares, other.shares]),
        )
        closed = self.closed + other.closed
        if len(groups) > GROUPS:
            closed = closed + np.sum(shares**2, axis=0)
            groups, shares = groups[:0], shares[:0]
        return Evidence(
            self.found + other.found,
            self.weights + other.weights,
            self.drawn + other.drawn,
            self.doubt + other.doubt,
            self.leaning + other.leaning,
            groups,
            shares,
            closed,
            self.ratio + other.ratio,
            self.cases + other.cases,
            min(self.unit, other.unit),
        )


def of_outputs(pairs: Iterable[tuple[NDArray[np.generic], Expected]]) -> Evidence | None:
    """The evidence of one case: its outputs with what was expected; None where it has none.

    Exact and ulp rules have no null: the ones leave nothing to estimate, the others admit a
    function that is off to one side.
    """
    found = [_of_output(got, expected) for got, expected in pairs if _speaks(got, expected)]
    found = [each for each in found if each.weights[2]]
    if not found:
        return None
    whole = found[0]
    for each in found[1:]:
        whole = whole + each
    drawn = np.mean(sum(each.drawn for each in found) ** 2, axis=0)
    ratio = float(whole.found[2] / whole.weights[2])
    parts = (whole.groups, whole.shares, whole.closed)
    return Evidence(
        whole.found, whole.weights, drawn, drawn**2, whole.leaning, *parts, ratio, 1, whole.unit
    )


def _speaks(got: NDArray[np.generic], expected: Expected) -> bool:
    """Whether each element has one truth, and a σ around it."""
    if got.shape != expected.hi.shape or got.dtype != dtypes.numpy_dtype(expected.dtype):
        return False
    whole = expected.free is None and not expected.alternatives
    return whole and expected.sums is not None and dtypes.is_inexact(expected.dtype)


def _of_output(got: NDArray[np.generic], expected: Expected) -> Evidence:
    """The evidence of an output, its ``drawn`` still the sums themselves."""
    assert expected.sigma is not None and expected.sums is not None
    form = dtypes.format_of(expected.dtype)
    with np.errstate(all="ignore"):
        size = np.abs(expected.hi)
        unit = ulps.kahan_ulp(size, np.zeros(size.shape), form)
        error = (dtypes.widen(got) - expected.hi - expected.lo) / unit
        truth, sigma = expected.hi / unit, expected.sigma / unit
        variance = spreads.variances(sigma, expected.dtype)
        share = np.stack([size / unit / np.sqrt(variance), 1 / np.sqrt(variance)], axis=-1)
        weight = share**2
    normal = size >= form.smallest_normal  # smaller ones may be flushed
    known = np.isfinite(share[..., 0]) & np.isfinite(error) & normal
    found = spreads.sums(np.where(known, error, np.nan), truth, sigma, expected.dtype)
    groups, shares = _grouped(np.rint(np.ldexp(np.frexp(size[known])[0], form.p + 2)), share[known])
    weights = np.array([*np.sum(weight[known], axis=0), np.count_nonzero(known)])
    drawn, leaning = np.split(expected.sums, [spreads.SAMPLES])
    return Evidence(
        found, weights, drawn[:, :2], np.zeros(2), leaning, groups, shares,
        np.zeros(2), 0.0, 1, 2 * form.unit_roundoff,
    )  # fmt: skip


def _grouped(groups: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """The distinct groups with the sums of their shares."""
    distinct, place = np.unique(groups, return_inverse=True)
    columns = [np.bincount(place, shares[:, i], len(distinct)) for i in range(2)]
    return distinct, np.stack(columns, axis=-1)


# -- Figures ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """An estimate, how many standard deviations it is from 0, and how large an honest one may be.

    For the variance ratio z is None.
    """

    value: float
    z: float | None
    allowed: float

    @property
    def fails(self) -> bool:
        """Whether it is beyond what an honest backend may show."""
        return abs(self.value) > self.allowed


@dataclass(frozen=True)
class Statistics:
    """The figures of a test."""

    gain: Figure
    bias: Figure
    ratio: Figure
    cases: int

    @property
    def fails(self) -> bool:
        """Whether one of them is beyond what an honest backend may show."""
        return self.gain.fails or self.bias.fails or self.ratio.fails


def statistics(evidence: Evidence) -> Statistics:
    """The figures that the evidence gives."""
    least = (LEAST * evidence.unit, LEAST)
    gain, bias = (_common(evidence, i, least[i]) for i in range(2))
    return Statistics(gain, bias, _ratio(evidence), evidence.cases)


def _common(evidence: Evidence, which: int, least: float) -> Figure:
    """The gain (0) or the bias (1)."""
    weight = evidence.weights[which]
    random = evidence.drawn[which] + evidence.closed[which] + np.sum(evidence.shares[:, which] ** 2)
    spread = math.sqrt(random)
    leaning = math.sqrt(_leaning(evidence.leaning[:, which] ** 2))
    found = float(evidence.found[which])
    allowed = max((_sure(random, evidence.doubt[which]) * spread + leaning) / weight, least)
    return Figure(float(found / weight), float(found / spread), float(allowed))


def _sure(variance: float, doubt: float) -> float:
    """How many standard deviations it takes, where some of the variance is a mean of squares."""
    freedom = spreads.SAMPLES * variance**2 / doubt if doubt else math.inf
    return SURE * -float(stdtrit(min(freedom, 1e6), FALSE_ALARMS / 2)) / NORMAL


def _ratio(evidence: Evidence) -> Figure:
    random = math.sqrt(chdtri(evidence.cases, FALSE_ALARMS) / evidence.cases)
    leaning = math.sqrt(_leaning(evidence.leaning[:, 2]) / evidence.weights[2])
    return Figure(evidence.ratio / evidence.cases, None, (random + leaning) ** 2)


def _leaning(squares: Floats) -> float:
    """The square of what leaning errors may add up to."""
    return float(max(squares[0], LEANING**2 * np.mean(squares[1:])))

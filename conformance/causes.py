"""Likely causes: a gain or a bias of a certain size names the mistake that makes it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from tensorcts.conformance.cases import Case
from tensorcts.conformance.statistics import Evidence, Figure, Statistics, statistics

NEAR = 0.01
"""How far a gain may be from the predicted one, relatively; ..."""
ROUGH = 0.2
"""... where the prediction is a mean over random operands."""

ALONE = 0.01
"""The share of the squared errors, at most, that a factor common to all elements leaves over."""

# The mean relative error of an operand that is cut off, not rounded, to p bits is 0.72·2**-p for
# significands that are distributed as the logarithm is; a product has two.
CUT = {"TF32": -2 * 0.72 * 2.0**-11, "bfloat16": -2 * 0.72 * 2.0**-8}


def of_case(case: Case, evidence: Evidence) -> str:
    """The factor that a failing case's elements have in common, with its cause; or nothing."""
    gain, square = evidence.found[0] / evidence.weights[0], evidence.found[2]
    several = evidence.weights[2] > 1
    if not several or not square - gain * evidence.found[0] <= ALONE * square < math.inf:
        return ""
    cause = of_gain(float(gain), case)
    return f"all by the factor 1 {_signed(float(gain))}" + (f": {cause}" if cause else "")


def of_test(found: Statistics, case: Case, evidence: Evidence) -> str:
    """The message for a test that fails by its statistics.

    case, evidence: the case that contributes most.
    """
    figures = {"gain": found.gain, "bias": found.bias, "variance ratio": found.ratio}
    name, figure = max(figures.items(), key=lambda item: abs(item[1].value) / item[1].allowed)
    own = statistics(evidence)
    cause = of_gain(own.gain.value, case) if found.gain.fails else ""
    if not cause and found.bias.fails:
        cause = of_bias(found.bias.value)
        name, figure = ("bias", found.bias) if cause else (name, figure)
    z = "" if figure.z is None else f"z {figure.z:,.0f}, "
    text = f"{name} {_value(name, figure)} ({z}allowed {figure.allowed:.2g})"
    return f"{text} over {found.cases} cases" + (f": {cause}" if cause else "")


def of_gain(gain: float, case: Case) -> str:
    """The mistake that a gain points to, empty where none is known."""
    for predicted, near, text in _predicted(case):
        if abs(gain - predicted) <= near * abs(predicted):
            return f"as of {text}"
    eps = case.attrs.get("eps")
    if isinstance(eps, float) and eps / 50 < abs(gain) < 2 * eps:
        return f"of the size of eps = {eps:g}: does that stand in its place?"
    return ""


def of_bias(bias: float) -> str:
    """The mistake that a bias, in ulps, points to."""
    if abs(abs(bias) - 0.5) > 0.15:
        return ""
    return f"as of rounding {'toward' if bias < 0 else 'away from'} zero, not to the nearest"


def _predicted(case: Case) -> Iterator[tuple[float, float, str]]:
    """The gains of known mistakes, with how near they are met."""
    chance = case.attrs.get("p")
    if isinstance(chance, float) and 0 < chance < 1:
        yield -chance, NEAR, f"no factor 1/(1 - p), p = {chance:g}"
        yield chance / (1 - chance), NEAR, f"a second factor 1/(1 - p), p = {chance:g}"
    for n in _lengths(case):
        yield n / (n - 1) - 1, NEAR, f"ddof 1 instead of 0, n = {n}"
        yield -1 / n, NEAR, f"ddof 0 instead of 1, n = {n}"
        yield math.sqrt((n - 1) / n) - 1, NEAR, f"ddof 1 instead of 0 in a divisor, n = {n}"
        yield math.sqrt(n / (n - 1)) - 1, NEAR, f"ddof 0 instead of 1 in a divisor, n = {n}"
        yield math.sqrt(n) - 1, NEAR, f"no factor 1/√d, d = {n}"
        yield 1 / math.sqrt(n) - 1, NEAR, f"a second factor 1/√d, d = {n}"
    for name, gain in CUT.items():
        yield gain, ROUGH, f"operands cut off to {name}"


def _lengths(case: Case) -> list[int]:
    """How many elements the op may take together: products of its arrays' axes, the longest first.

    A gain of 1/n is a mistake in the longest n that it fits.
    """
    found = {
        math.prod(chosen)
        for array in case.arrays
        if array is not None and array.ndim <= 5
        for count in range(1, array.ndim + 1)
        for chosen in combinations(array.shape, count)
    }
    return sorted((n for n in found if n > 1), reverse=True)


def _value(name: str, figure: Figure) -> str:
    return {"gain": f"{figure.value:.3g}", "bias": f"{figure.value:.3g} ulp"}.get(
        name, f"{figure.value:.3g}"
    )


def _signed(gain: float) -> str:
    return f"{'-' if gain < 0 else '+'} {abs(gain):.3g}"

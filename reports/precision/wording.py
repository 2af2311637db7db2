"""A sweep's figures in words: what a reader is told first, and in which order."""

from __future__ import annotations

import math

from tensorcts.reports.precision.records import Point, Sweep

COUNTED = {
    "misrounded": "not correctly rounded",
    "nan_for_a_number": "NaN for a number",
    "number_for_nan": "a number for NaN",
    "infinity_for_a_number": "an infinity for a number",
    "number_for_infinity": "a number for an infinity",
    "sign_of_zero": "a zero of the other sign",
    "subnormal_results": "subnormal results",
    "flushed": "of these flushed to zero",
    "monotonicity": "steps against monotonicity",
    "symmetry": "pairs against symmetry",
}
"""The counters, as the page calls them."""

WRONG = (
    "nan_for_a_number",
    "number_for_nan",
    "infinity_for_a_number",
    "number_for_infinity",
)
"""Counters of what the size of an error does not tell, or not alone."""

SIZES = (("½", 0.5), ("1", 1.0), ("4", 4.0), ("16", 16.0), ("1,024", 1024.0))
"""Ulps, as they are written and in number, at which the colours change."""


def size(ulps: float | None) -> int:
    """The place of an error's colour among len(SIZES) + 1; of one that can't be told the last."""
    if ulps is None or math.isnan(ulps):
        return len(SIZES)
    return sum(abs(ulps) > limit for _, limit in SIZES)


def colour(sweep: Sweep) -> int:
    """The place of a sweep's colour; the first is only for what rounds correctly everywhere."""
    if any(sweep.counts.get(kind) for kind in WRONG):
        return len(SIZES)
    return max(size(sweep.max), int(sweep.counts.get("misrounded", 0) > 0))


def wrong(counts: dict[str, int]) -> str:
    """Which of the WRONG occur."""
    return ", ".join(f"{counts[k]:,} × {COUNTED[k]}" for k in WRONG if counts.get(k))


def ulps(value: float) -> str:
    """An error in at most five digits: 0.50027, 143.23, 5.3018e+05."""
    return f"{value:.5g}"


def share(part: float) -> str:
    """A share in percent, rounded down, so that only the whole reads 100 %."""
    return "100 %" if part >= 1 else f"{math.floor(1e5 * part) / 1e3:.3f} %"


def profile(sweep: Sweep) -> str:
    """The tightest profile met, "none", or nothing where there are no limits."""
    return sweep.profile or ("none" if sweep.limits else "")


def where(point: Point | None) -> str:
    """The inputs of a point with their bit patterns."""
    pairs = zip(point.inputs, point.bits) if point else ()
    return ", ".join(f"{number} ({bits})" for number, bits in pairs)


def truth(point: Point) -> str:
    """The float64 nearest to the truth in the fewest digits that tell it."""
    return repr(float.fromhex(point.truth))


def facts(sweep: Sweep) -> dict[str, str]:
    """All figures of a sweep, under names."""
    if sweep.failure:
        return {"no figures": sweep.failure}
    worst = sweep.worst
    found = {
        "inputs": f"{sweep.inputs}: {sweep.points:,}",
        "compared": f"{sweep.compared:,}",
        "largest error, ulp": ulps(sweep.max),
        "at": where(worst),
        "got": f"{worst.got} ({worst.got_bits})" if worst else "",
        "truth": truth(worst) if worst else "",
        "mean, ulp": ulps(sweep.mean),
        "root mean square, ulp": ulps(sweep.rms),
        "bias, ulp": ulps(sweep.bias),
        **{f"{p} % within, ulp": ulps(value) for p, value in sweep.percentiles.items()},
        "correctly rounded": share(sweep.correctly_rounded),
        "tightest profile met": profile(sweep),
    }
    return found | {
        name: _counted(sweep, kind)
        for kind, name in COUNTED.items()
        if kind in sweep.counts or kind != "subnormal_results"
    }


def _counted(sweep: Sweep, kind: str) -> str:
    count = sweep.counts.get(kind, 0)
    at = where(sweep.examples.get(kind))
    return f"{count:,}, first {at}" if count and at else f"{count:,}"

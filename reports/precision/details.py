"""What the page's script draws of one function in one dtype: curves, histograms, special values."""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import ml_dtypes

from tensorcts.reports.precision import wording
from tensorcts.reports.precision.records import Binade, Point, Sweep

DIGITS = 5
"""Of the numbers that are drawn."""

FINE = (0.125, 8.0)
"""Between these errors the histogram keeps the parts of octaves."""


def packed(content: Any) -> str:
    """Compressed JSON in characters that a page can hold."""
    return pack(json.dumps(content, allow_nan=False, separators=(",", ":")))


def pack(text: str) -> str:
    """Text compressed by gzip, in base64; the same text gives the same."""
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 9, mtime=0)).decode("ascii")


def detail(sweeps: Mapping[int, Sweep]) -> dict[str, Any]:
    """A function in a dtype; the sweeps by the columns that they belong to."""
    one = next(iter(sweeps.values()))
    return {
        "result": one.result,
        "attributes": one.attributes,
        "inputs": len(one.worst.inputs) if one.worst else 1,
        "limits": limits(list(sweeps.values())),
        "facts": _facts(list(sweeps.values())),
        "sweeps": [{"column": place, **_drawn(s)} for place, s in sweeps.items() if not s.failure],
        "columns": list(sweeps),
    }


def limits(sweeps: Sequence[Sweep]) -> list[list[Any]]:
    """Each limit with the names of the profiles that have it, the tightest first."""
    named: dict[float, dict[str, None]] = {}
    for name, ulps in (item for sweep in sweeps for item in sweep.limits.items()):
        if math.isfinite(ulps):
            named.setdefault(ulps, {})[name] = None
    return [[ulps, ", ".join(names)] for ulps, names in sorted(named.items())]


def _facts(sweeps: Sequence[Sweep]) -> list[list[str]]:
    """Rows of the table of figures: a name and each sweep's text; those with none left out."""
    told = [wording.facts(sweep) for sweep in sweeps]
    names = dict.fromkeys(name for facts in told for name in facts)
    rows = [[name, *(facts.get(name, "") for facts in told)] for name in names]
    return [row for row in rows if any(text not in ("", "0") for text in row[1:])]


def _drawn(sweep: Sweep) -> dict[str, Any]:
    return {
        "binades": [_binade(b) for b in _finite(sweep)],
        "histogram": histogram(sweep),
        "special": [_point(point) for point in sweep.special],
    }


def histogram(sweep: Sweep) -> list[list[float | None]]:
    """From, to and how many: parts of octaves in FINE, whole octaves elsewhere."""
    found: dict[tuple[float, float], float] = {}
    for low, high, count in sweep.histogram:
        if low and not FINE[0] <= low < FINE[1]:
            low = 2.0 ** math.floor(math.log2(low))
            high = 2 * low
        found[low, high] = found.get((low, high), 0) + count
    return [[_short(low), _short(high), count] for (low, high), count in found.items()]


def _finite(sweep: Sweep) -> list[Binade]:
    """The binades of numbers, from the smallest to the largest."""
    info: Any = ml_dtypes.finfo(sweep.dtype)  # type: ignore[no-untyped-call]
    found = (b for b in sweep.binades if b.compared and b.exponent < info.maxexp)
    return sorted(found, key=lambda binade: binade.exponent)


def _binade(binade: Binade) -> list[Any]:
    return [
        int(binade.negative),
        binade.exponent,
        binade.compared,
        _short(binade.max),
        _short(binade.mean),
        _short(binade.bias),
        wording.where(binade.worst),
        wording.wrong(binade.counts),
    ]


def _short(number: float) -> float | None:
    return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None


def _point(point: Point) -> list[Any]:
    """The input, the truth, the result, the error, and its colour: of a right NaN the first."""
    right = point.ulp is None and point.got == "nan" and math.isnan(float.fromhex(point.truth))
    colour = 0 if right else wording.size(point.ulp)
    error = "" if point.ulp is None else wording.ulps(point.ulp)
    return [wording.where(point), wording.truth(point), point.got, error, colour]

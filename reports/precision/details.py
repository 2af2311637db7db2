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

DIGITS = 4
"""Of the numbers that are drawn."""

DRAWN = 256
"""At most so many points of a curve on each side of zero."""

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
    step = _step(sweep.binades)
    return {
        "step": step,
        "binades": list(zip(*(_binade(its) for its in _together(sweep, step)))),
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


def _step(binades: Sequence[Binade]) -> int:
    """How many binades are drawn as one, a power of two: one but in wide formats."""
    span = len({binade.exponent for binade in binades})
    return 2 ** max(math.ceil(math.log2(max(span, 1) / DRAWN)), 0)


def _together(sweep: Sweep, step: int) -> list[list[Binade]]:
    """The binades of numbers that were compared, so many at a time, from the smallest on."""
    info: Any = ml_dtypes.finfo(sweep.dtype)  # type: ignore[no-untyped-call]
    found: dict[tuple[int, bool], list[Binade]] = {}
    for binade in sweep.binades:
        if binade.compared and binade.exponent < info.maxexp:
            found.setdefault((binade.exponent // step, binade.negative), []).append(binade)
    return [found[key] for key in sorted(found)]


def _binade(its: Sequence[Binade]) -> list[Any]:
    worst = max(its, key=lambda binade: binade.max)
    compared = sum(binade.compared for binade in its)
    wrong = {kind for binade in its for kind in binade.counts if kind in wording.WRONG}
    return [
        int(worst.negative),
        min(binade.exponent for binade in its),
        compared,
        _short(worst.max),
        _short(sum(binade.mean * binade.compared for binade in its) / compared),
        ", ".join(worst.worst.inputs) if worst.worst else "",
        wording.wrong({kind: sum(b.counts.get(kind, 0) for b in its) for kind in wrong}),
    ]


def _short(number: float) -> float | None:
    return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None


def _point(point: Point) -> list[Any]:
    """The input, the truth, the result, the error, and its colour: of a right NaN the first."""
    right = point.ulp is None and point.got == "nan" and math.isnan(float.fromhex(point.truth))
    colour = 0 if right else wording.size(point.ulp)
    error = "" if point.ulp is None else wording.ulps(point.ulp)
    return [wording.where(point), wording.truth(point), point.got, error, colour]

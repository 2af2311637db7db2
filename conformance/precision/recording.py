"""From a tally to a record: figures in ulps, numbers in words, the tightest profile met."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np

from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance import edges, session
from tensorcts.conformance.precision import functions, judging, tallies
from tensorcts.conformance.precision.blocks import Layout
from tensorcts.conformance.precision.judging import Judge
from tensorcts.conformance.precision.sweeps import Swept
from tensorcts.conformance.precision.tallies import QUANTUM, Example, Row, Tally
from tensorcts.reference import dtypes
from tensorcts.reports import records
from tensorcts.reports.precision.records import Binade, Point, Sweep
from tensorcts.tolerances import budgets

PERCENTILES = (50, 90, 99, 99.9, 99.99, 99.999)


def record(swept: Swept, seconds: float) -> Sweep:
    """The record of a sweep that took so long."""
    task, declared = swept.task, judging.host(swept.task.backend).capabilities
    function = functions.find(task.function)
    sweep = Sweep(
        backend=_backend(task.backend, declared),
        function=task.function,
        attributes=", ".join(f"{k}={v!r}" for k, v in function.attrs.items()),
        dtype=task.dtype,
        result=function.result_dtype(task.dtype),
        inputs=task.kind,
        seed=task.seed,
        judge=task.judge,
        suite=session.suite_version(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        environment=session.environment(),
        failure=swept.failure,
    )
    if not swept.failure:
        _fill(sweep, swept.tally)
        sweep.special = special(judging.judge_of(task))
    return sweep


def _backend(name: str, declared: Capabilities) -> records.Backend:
    return records.Backend(
        name,
        declared.device,
        sorted(declared.dtypes),
        dict(declared.versions),
        declared.profile,
        dict(declared.traits),
        declared.evidence,
    )


def _fill(sweep: Sweep, tally: Tally) -> None:
    row, formats = tally.all, (sweep.dtype, sweep.result)
    sweep.points, sweep.compared = row.points, row.compared
    sweep.max = abs(row.worst.error) if row.worst else 0.0
    sweep.worst = point(row.worst, *formats) if row.worst else None
    sweep.mean, sweep.rms, sweep.bias = means(row)
    sweep.correctly_rounded = 1 - row.counts["misrounded"] / max(row.compared, 1)
    sweep.percentiles = {f"{p:g}": tally.percentile(p / 100) for p in PERCENTILES}
    sweep.histogram = histogram(tally)
    sweep.counts = dict(row.counts)
    sweep.examples = {kind: point(e, *formats) for kind, e in row.examples.items()}
    sweep.binades = [_binade(key, r, sweep) for key, r in tally.rows.items()]
    if sweep.function in budgets.rows() and sweep.result in dtypes.FLOATING:
        sweep.limits = budgets.limits(sweep.function)[sweep.result]
        sweep.profile = profile(sweep)


def means(row: Row) -> tuple[float, float, float]:
    """The errors' mean size, their root mean square and their bias."""
    unit = QUANTUM / max(row.compared, 1)
    return row.total * unit, math.sqrt(row.squares * unit), row.bias * unit


def histogram(tally: Tally) -> list[list[float]]:
    """From, to and how many, of the bins that hold any error."""
    return [
        [tallies.upper_end(k - 1) if k else 0.0, tallies.upper_end(k), n]
        for k, n in sorted(tally.histogram.items())
    ]


def profile(sweep: Sweep) -> str:
    """The tightest profile whose limit holds everywhere, empty if none does."""
    if sweep.counts.get("nan_for_a_number") or sweep.counts.get("number_for_nan"):
        return ""
    return next((name for name, limit in sweep.limits.items() if sweep.max <= limit), "")


def point(example: Example, dtype: str, result: str) -> Point:
    """An example in words; the dtypes of its inputs and of its result."""
    return Point(
        [_hex(bits, dtype) for bits in example.inputs],
        [text(bits, dtype) for bits in example.inputs],
        _hex(example.got, result),
        text(example.got, result),
        example.truth,
        example.error if math.isfinite(example.error) else None,
    )


def _hex(bits: int, dtype: str) -> str:
    return f"0x{bits:0{Layout.of(dtype).bits // 4}x}"


def text(bits: int, dtype: str) -> str:
    """The number of a pattern, in the fewest digits that tell it from its neighbours."""
    number = Layout.of(dtype).array([bits]).view(dtypes.numpy_dtype(dtype))[0]
    return str(number)


def _binade(key: int, row: Row, sweep: Sweep) -> Binade:
    layout, form = Layout.of(sweep.dtype), dtypes.format_of(sweep.dtype)
    fields = layout.magnitudes >> layout.fraction
    formats, (mean, rms, bias) = (sweep.dtype, sweep.result), means(row)
    return Binade(
        negative=key >= fields,
        exponent=key % fields + form.emin - 1,
        points=row.points,
        compared=row.compared,
        max=abs(row.worst.error) if row.worst else 0.0,
        mean=mean,
        rms=rms,
        bias=bias,
        worst=point(row.worst, *formats) if row.worst else None,
        counts=dict(row.counts),
    )


def special(judge: Judge) -> list[Point]:
    """What becomes of special values, and of the arguments at a function's edges."""
    function, dtype = judge.function, judge.plan.dtype
    if function.arity > 1 or dtype not in dtypes.FLOATING:
        return []
    pool = np.unique(edges.pool(function.op.name, dtype).view(judge.plan.layout.unsigned))
    strip = judge.strip_of(pool)
    with np.errstate(all="ignore"):
        examples = [strip.example(place) for place in range(len(pool))]
    return [point(example, dtype, judge.truths.result) for example in examples]

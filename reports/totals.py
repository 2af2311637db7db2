"""Totals: what the verdicts of a record add up to, and which failures are worst."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tensorcts.reports.records import FAILURES, VERDICTS, End, Record, Result, Verdict

SEVERITY = {verdict: place for place, verdict in enumerate(VERDICTS)}
"""Each verdict's place between the mildest (0) and the gravest."""

NOT_OFFERED = frozenset({"unsupported", "unavailable"})
"""Verdicts on what a backend does not offer; neither passes nor failures."""


@dataclass(frozen=True)
class Totals:
    """The sums over some results; pass rate and coverage are only ever shown together."""

    counts: Counter[Verdict]
    offered: int
    ops: int

    @property
    def judged(self) -> int:
        """The tests of what is offered; waived and vacuous ones count here, but not as passed."""
        return sum(n for verdict, n in self.counts.items() if verdict not in NOT_OFFERED)

    @property
    def passed(self) -> int:
        """The tests with the verdict ``pass``."""
        return self.counts["pass"]

    @property
    def failed(self) -> int:
        """The tests with a verdict that fails the run."""
        return sum(n for verdict, n in self.counts.items() if verdict in FAILURES)


def totals(results: Iterable[Result], ops: int) -> Totals:
    """The sums over ``results`` where there are ``ops`` ops to offer."""
    results = list(results)
    offered = {r.op for r in results if r.verdict not in NOT_OFFERED}
    return Totals(Counter(r.verdict for r in results), len(offered), ops)


def of_backend(record: Record, backend: str) -> Totals:
    """The sums over one backend's results."""
    return totals((r for r in record.results if r.backend == backend), len(record.run.ops))


def percent(part: int, whole: int) -> str:
    """A share in percent, rounded down, so that only the whole reads 100 %."""
    return f"{math.floor(1000 * part / whole) / 10:.1f} %" if whole else "none"


def number(value: float | None) -> str:
    """A measured size in three digits: 0.873, 17.4, 3,410, 2.3e6."""
    if value is None:
        return ""
    if not math.isfinite(value) or abs(value) < 1e3:
        return f"{value:.3g}"
    if abs(value) < 1e6:
        return f"{float(f'{value:.3g}'):,.0f}"
    mantissa, exponent = f"{value:.3g}".split("e")
    return f"{mantissa}e{int(exponent)}"


def duration(seconds: float) -> str:
    """A duration as a person says it."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{seconds:.1f} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def throughput(end: End) -> str:
    """How many cases a run judged, and how fast."""
    rate = end.verdicts / end.seconds if end.seconds else 0.0
    return f"{end.verdicts:,} verdicts ({rate:,.0f}/s)"


def gravity(result: Result) -> tuple[int, float, float]:
    """A sort key: the verdict's severity, then how far off the result is (NaN is farthest)."""
    return (SEVERITY[result.verdict], _distance(result.z), _distance(result.ulp))


def _distance(value: float | None) -> float:
    if value is None:
        return -1.0
    return math.inf if math.isnan(value) else abs(value)


def families(record: Record) -> list[str]:
    """The families in the order of the definitions."""
    return list(dict.fromkeys(family(record, op) for op in record.run.ops))


def family(record: Record, op: str) -> str:
    """The family of an op."""
    return str(record.run.ops.get(op, {}).get("family", "other"))


@dataclass(frozen=True)
class Group:
    """The failing tests of one op in one dtype on one backend, worst first."""

    backend: str
    op: str
    dtype: str
    results: Sequence[Result]

    @property
    def worst(self) -> Result:
        """The test that stands for the group."""
        return self.results[0]


def failures(record: Record) -> list[Group]:
    """The failing tests grouped by backend, op and dtype; the worst group first."""
    grouped: dict[tuple[str, str, str], list[Result]] = {}
    for result in sorted(record.results, key=gravity, reverse=True):
        if result.verdict in FAILURES:
            grouped.setdefault((result.backend, result.op, result.dtype), []).append(result)
    return [Group(*key, results) for key, results in grouped.items()]


def waived(record: Record) -> dict[str, list[Result]]:
    """The waived tests under their reasons."""
    reasons: dict[str, list[Result]] = {}
    for result in record.results:
        if result.verdict == "waived":
            reasons.setdefault(result.waiver or "no reason given", []).append(result)
    return reasons


@dataclass(frozen=True)
class Lack:
    """What a backend does not offer for one reason.

    ops: the ops concerned, each with the dtypes in which a test or a case of it was left out.
    cases: how many cases of tests that it answers otherwise; 0 where whole tests were left out.
    """

    backend: str
    reason: str
    ops: Mapping[str, Sequence[str]]
    cases: int = 0

    @property
    def listed(self) -> str:
        """The ops, those of the same dtypes together."""
        together: dict[str, list[str]] = {}
        for op, dtypes in self.ops.items():
            together.setdefault(", ".join(dtypes), []).append(op)
        return "; ".join(f"{', '.join(ops)} in {dtypes}" for dtypes, ops in together.items())


def lacks(record: Record) -> list[Lack]:
    """What is unsupported, a backend after the other: whole tests first, the most ops first."""
    found: dict[tuple[str, bool, str], Lack] = {}
    for result in record.results:
        whole = result.verdict == "unsupported"
        left_out = {result.message: 0} if whole else result.unsupported
        for message, cases in left_out.items():
            reason = reason_in(message, result.backend)
            key = (result.backend, not whole, reason)
            lack = found.get(key, Lack(result.backend, reason, {}))
            held = dict.fromkeys((*lack.ops.get(result.op, ()), result.dtype))
            ops = {**lack.ops, result.op: list(held)}
            found[key] = replace(lack, ops=ops, cases=lack.cases + cases)
    order = list(dict.fromkeys(backend for backend, _, _ in found))
    ranked = sorted(found, key=lambda k: (order.index(k[0]), k[1], -len(found[k].ops)))
    return [found[key] for key in ranked]


def left_out(record: Record, backend: str) -> tuple[int, int]:
    """How many cases a backend does not support in tests judged by others, and in how many."""
    concerned = [
        sum(result.unsupported.values())
        for result in record.results
        if result.backend == backend and result.verdict not in NOT_OFFERED and result.unsupported
    ]
    return sum(concerned), len(concerned)


def reason_in(message: str, backend: str) -> str:
    """The reason in a message of the form "backend has no …: reason"; others are reasons."""
    lack, _, reason = message.partition(": ")
    return (reason or "no reason given") if lack.startswith(f"{backend} has no ") else message


def explain(group: Group) -> str:
    """One line on what is wrong: the worst element, or the message where none was compared."""
    result = group.worst
    if result.worst is None:
        return " ".join(result.message.split()) or "no message"
    w = result.worst
    parts = [
        f"{number(w.ulp)} ulp" if w.ulp is not None else "",
        f"z {number(w.z)}" if w.z is not None else "",
        f"allowed {w.allowed}",
    ]
    text = f"at {w.index}: got {w.got}, truth {w.truth}; {', '.join(filter(None, parts))}"
    farther = result.ulp is not None and _distance(result.ulp) > 1.5 * _distance(w.ulp)
    return f"{text}; up to {number(result.ulp)} ulp in other cases" if farther else text


def gradients(record: Record) -> list[str]:
    """For each backend how many of its judged gradients came about in which way."""
    counts: dict[str, dict[str, int]] = {}
    for result in record.results:
        if result.way and result.cases:
            ways = counts.setdefault(result.backend, {})
            ways[result.way] = ways.get(result.way, 0) + 1
    return [
        f"{backend}: {', '.join(f'{count:,} {way}' for way, count in sorted(ways.items()))}"
        for backend, ways in counts.items()
    ]

"""Grades: the tightest tolerance profile that an op's measured errors meet, and a whole backend's.

Graded are the elementwise primitives, for which the record's first line holds the ulps that every
profile allows, the tightest first. A derived tolerance hangs on the profile judged by, so a derived
op meets that one or nothing. A grade speaks of the errors that a run has seen, no others.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tensorcts.reports.records import FAILURES, Record, Result
from tensorcts.reports.totals import NOT_OFFERED, number

Key = tuple[str, str, str]
"""A backend, an op and a dtype."""


@dataclass(frozen=True)
class Grade:
    """How precise an op in a dtype was on a backend.

    ulp: the largest error measured.
    limits: the ulps that each profile allows, the tightest first.
    sound: whether no test failed by anything but the size of its error.
    whole: whether no test failed at all. One that fails draws no further cases, which might have
        shown larger errors: the grade is the best that is possible.
    """

    backend: str
    op: str
    dtype: str
    ulp: float
    limits: Mapping[str, float]
    sound: bool
    whole: bool

    def meets(self, profile: str) -> bool:
        """Whether everything measured is within the profile."""
        return self.sound and self.ulp <= self.limits[profile]

    @property
    def profile(self) -> str:
        """The tightest profile met, empty where none is."""
        return next((profile for profile in self.limits if self.meets(profile)), "")

    def against(self, profile: str) -> str:
        """Why the profile is not met."""
        if not self.sound:
            return f"{self.op} fails, not by precision alone"
        return f"{self.op}: {_ulps(self.ulp)} ulp, allowed {_ulps(self.limits[profile])}"

    def __str__(self) -> str:
        """The grade, and how it comes about."""
        allowed = ", ".join(f"{name} {_ulps(ulps)}" for name, ulps in self.limits.items())
        name = _named(self.profile, self.whole)
        if not self.sound:
            name += ", as a test fails by something else than precision"
        return f"grade {name}: at most {_ulps(self.ulp)} ulp, where the profiles allow {allowed}"


@dataclass(frozen=True)
class Overall:
    """The grade of a backend in a dtype.

    profile: the tightest profile that all graded ops meet, empty where there is none.
    whole: whether none of them fails (``Grade``).
    graded: how many ops are graded.
    obstacle: the next tighter profile, and the op that is farthest from meeting it.
    """

    backend: str
    dtype: str
    profile: str
    whole: bool
    graded: int
    obstacle: str

    @property
    def name(self) -> str:
        """The grade in words."""
        return _named(self.profile, self.whole)

    def __str__(self) -> str:
        """The dtype, its grade, and what stands against the next."""
        against = f" (not {self.obstacle})" if self.obstacle else ""
        return f"{self.dtype} {self.name}{against}"


def of_ops(record: Record) -> list[Grade]:
    """The grades of all primitives that were measured."""
    grades = []
    for (backend, op, dtype), results in _judged(record).items():
        limits = _limits(record, op).get(dtype)
        errors = [_error(r) for r in results if _counts(r) and r.ulp is not None]
        if limits and errors and not _is_derived(results):
            sound, whole = all(map(_is_sound, results)), not any(map(_fails, results))
            grades.append(Grade(backend, op, dtype, max(errors), limits, sound, whole))
    return grades


def overall(record: Record) -> list[Overall]:
    """The grade of each backend in each dtype, one backend after the other."""
    groups: dict[tuple[str, str], list[Grade]] = {}
    for grade in of_ops(record):
        groups.setdefault((grade.backend, grade.dtype), []).append(grade)
    order = [backend.name for backend in record.run.backends]
    found = [_together(*key, grades) for key, grades in groups.items()]
    return sorted(found, key=lambda one: order.index(one.backend))


def texts(record: Record) -> dict[Key, str]:
    """What is to be said of each op in a dtype on a backend; of exact ops nothing is."""
    found = {(g.backend, g.op, g.dtype): str(g) for g in of_ops(record)}
    profiles = {backend.name: backend.profile for backend in record.run.backends}
    for key, results in _judged(record).items():
        if key not in found and _is_derived(results) and not any(map(_fails, results)):
            found[key] = f"meets {profiles[key[0]]}, the profile judged by; derived, so not graded"
    return found


def lines(record: Record) -> list[str]:
    """A line for each backend: its grade in every dtype."""
    found: dict[str, list[str]] = {}
    for one in overall(record):
        found.setdefault(one.backend, []).append(str(one))
    return [f"{backend}: {' · '.join(parts)}" for backend, parts in found.items()]


def summarised(record: Record, backend: str) -> dict[str, Any]:
    """The grades of a backend for other programs, null for none: by dtype in all and by op."""
    ops: dict[str, dict[str, str | None]] = {}
    for grade in of_ops(record):
        if grade.backend == backend:
            ops.setdefault(grade.dtype, {})[grade.op] = grade.profile or None
    return {
        one.dtype: {
            "profile": one.profile or None,
            "at_best": not one.whole,
            "obstacle": one.obstacle or None,
            "ops": ops[one.dtype],
        }
        for one in overall(record)
        if one.backend == backend
    }


def _together(backend: str, dtype: str, grades: list[Grade]) -> Overall:
    profiles = list(grades[0].limits)
    met = [p for p in profiles if all(grade.meets(p) for grade in grades)]
    profile = met[0] if met else ""
    place = profiles.index(profile) if met else len(profiles)
    whole = all(grade.whole for grade in grades)
    if not place:
        return Overall(backend, dtype, profile, whole, len(grades), "")
    tighter = profiles[place - 1]
    worst = max(grades, key=lambda g: (not g.sound, g.ulp / g.limits[tighter]))
    obstacle = f"{tighter}: {worst.against(tighter)}"
    return Overall(backend, dtype, profile, whole, len(grades), obstacle)


def _judged(record: Record) -> dict[Key, list[Result]]:
    """The results of what the run's backends offer; gradients are ops of their own."""
    found: dict[Key, list[Result]] = {}
    names = {backend.name for backend in record.run.backends}
    for result in record.results:
        offered = result.backend in names and result.verdict not in NOT_OFFERED
        if offered and not result.way:
            found.setdefault((result.backend, result.op, result.dtype), []).append(result)
    return found


def _limits(record: Record, op: str) -> Mapping[str, Mapping[str, float]]:
    """The limits of an op by dtype and profile; records of old have none."""
    limits: Mapping[str, Mapping[str, float]] = record.run.ops.get(op, {}).get("limits", {})
    return limits


def _counts(result: Result) -> bool:
    return result.rule == "exact" or result.rule.startswith("ulp")


def _is_derived(results: Iterable[Result]) -> bool:
    return any(result.rule == "derived" for result in results)


def _fails(result: Result) -> bool:
    return result.verdict in FAILURES or result.verdict == "waived"


def _is_sound(result: Result) -> bool:
    """Whether a test holds, or fails by an error that is too large and can be measured."""
    if not _fails(result):
        return True
    exact = result.rule == "exact" and (result.ulp or 0.0) >= 0.5
    return result.worst is not None and (exact or (result.tightness or 0.0) > 1)


def _error(result: Result) -> float:
    """The largest error; what is not the truth rounded is off by more than half an ulp."""
    least = math.nextafter(0.5, 1) if result.rule == "exact" and _fails(result) else 0.0
    return max(result.ulp or 0.0, least)


def _named(profile: str, whole: bool) -> str:
    return f"{profile} at best" if profile and not whole else profile or "none"


def _ulps(value: float) -> str:
    """A number of ulps, a half of one exactly; what is just above it must not read as one."""
    return f"{value:.6f}".rstrip("0") if 0.5 < value < 0.51 else number(value)

"""The columns of the page: backends, told apart by what they ran on and by their versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tensorcts.reports.precision.records import Sweep

Identity = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass
class Column:
    """A backend, with its sweeps by function and dtype."""

    label: str
    first: Sweep
    sweeps: dict[tuple[str, str], Sweep] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, str]:
        """What is known about the backend and where it ran, under names."""
        backend = self.first.backend
        facts = {
            "device": backend.device,
            "evidence": backend.evidence,
            "versions": ", ".join(f"{k} {v}" for k, v in backend.versions.items()),
            "suite": self.first.suite,
            "started": min(s.started for s in self.sweeps.values()),
        }
        return facts | self.first.environment


def columns(sets: Sequence[Sequence[Sweep]]) -> list[Column]:
    """The columns of several sets of records.

    A backend of another device or version is another column, and one that has a function in a dtype
    a second time: what sets have of it otherwise stands in one. Those that were swept most come
    first.
    """
    found: list[Column] = []
    for sweeps in sets:
        groups: dict[Identity, dict[tuple[str, str], Sweep]] = {}
        for sweep in sweeps:
            groups.setdefault(_identity(sweep), {})[sweep.function, sweep.dtype] = sweep
        for identity, group in groups.items():
            _join(found, identity, group)
    _tell_apart(found)
    return sorted(found, key=lambda column: -len(column.sweeps))


def _identity(sweep: Sweep) -> Identity:
    backend = sweep.backend
    return backend.name, backend.device, tuple(sorted(backend.versions.items()))


def _join(found: list[Column], identity: Identity, group: Mapping[tuple[str, str], Sweep]) -> None:
    """Put sweeps into the first column of their backend that has none of them yet, or a new one."""
    free = (c for c in found if _identity(c.first) == identity and not c.sweeps.keys() & group)
    column = next(free, None)
    if column is None:
        first = next(iter(group.values()))
        found.append(column := Column(first.backend.name, first))
    column.sweeps.update(group)


def _tell_apart(columns: Sequence[Column]) -> None:
    """Add to names that several have the versions that differ, then a number."""
    for column in columns:
        same = [c for c in columns if c.first.backend.name == column.first.backend.name]
        differing = [
            f"{package} {version}"
            for package, version in column.first.backend.versions.items()
            if any(c.first.backend.versions.get(package) != version for c in same)
        ]
        column.label += f" ({', '.join(differing)})" if differing else ""
    met: Counter[str] = Counter()
    for column in columns:
        met[column.label] += 1
        if met[column.label] > 1:
            column.label += f" ({met[column.label]})"

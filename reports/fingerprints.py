"""Fingerprints: the figures that a run measured of each backend, op by op and in all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from tensorcts.reports.records import Record, Result

FIGURES = {
    "operand_bits": "operands",
    "accumulator_bits": "accumulator",
    "accumulation_rounding": "rounding",
    "products": "products",
    "order": "order",
    "intermediates": "intermediates",
    "deterministic": "deterministic",
    "batch_invariant": "batch invariant",
    "thread_safe": "thread-safe",
    "leak_free": "leak-free",
    "flush_subnormals": "flushing subnormals",
    "ties": "ties",
    "division": "division",
    "not_finite": "NaN and infinity",
    "zero_signs": "signs of zeros",
}
"""The figures in the order of their columns, and the headings; others follow, with their names."""


@dataclass
class Line:
    """Figures that several ops of a backend have in common in a dtype."""

    backend: str
    dtype: str
    figures: dict[str, str]
    ops: list[str] = field(default_factory=list)

    @property
    def others(self) -> str:
        """The figures that have no column, with their names: the options taken, above all."""
        rest = {name: figure for name, figure in self.figures.items() if name not in FIGURES}
        return " · ".join(f"{_words(name)} {figure}" for name, figure in rest.items())


def measured(record: Record) -> list[Result]:
    """The results that hold figures."""
    return [result for result in record.results if result.measured]


def headings(results: Iterable[Result]) -> dict[str, str]:
    """The figures that occur, with their headings, in the order of the columns."""
    found = dict.fromkeys(name for result in results for name in result.measured)
    known = {name: text for name, text in FIGURES.items() if name in found}
    return known | {name: _words(name) for name in found if name not in known}


def _words(name: str) -> str:
    return name.replace("_", " ")


def columns(results: Iterable[Result]) -> dict[str, str]:
    """The figures that occur and have a column of their own, with its heading."""
    return {name: text for name, text in headings(results).items() if name in FIGURES}


def lines(record: Record) -> list[Line]:
    """The figures, each set of them once for all the ops of a backend and dtype that have it."""
    found: dict[tuple[object, ...], Line] = {}
    for result in measured(record):
        key = (result.backend, result.dtype, *sorted(result.measured.items()))
        line = found.setdefault(key, Line(result.backend, result.dtype, dict(result.measured)))
        line.ops.append(result.op)
    return list(found.values())


def by_op(record: Record, backend: str) -> dict[str, dict[str, dict[str, str]]]:
    """The figures of a backend under op and dtype."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for result in measured(record):
        if result.backend == backend:
            found.setdefault(result.op, {})[result.dtype] = dict(result.measured)
    return found


def widths(record: Record) -> dict[tuple[str, str], list[str]]:
    """For each backend and dtype the accumulators met, as "24 bits nearest: sum, matmul"."""
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    for result in measured(record):
        if bits := result.measured.get("accumulator_bits"):
            rounding = result.measured.get("accumulation_rounding", "")
            kinds = groups.setdefault((result.backend, result.dtype), {})
            kinds.setdefault(f"{bits} bits {rounding}".rstrip(), []).append(result.op)
    return {
        key: [f"{kind} ({_named(ops)})" for kind, ops in kinds.items()]
        for key, kinds in groups.items()
    }


def claims(record: Record, backend: str) -> dict[str, tuple[list[str], list[str]]]:
    """For each figure that is just yes or no the ops (with dtypes) of which it is yes, and no."""
    found: dict[str, dict[str, list[str]]] = {}
    for result in measured(record):
        if result.backend == backend:
            for name, figure in result.measured.items():
                ops = found.setdefault(name, {"yes": [], "no": []}).setdefault(figure, [])
                ops.append(f"{result.op} {result.dtype}")
    return {name: (ops["yes"], ops["no"]) for name, ops in found.items() if len(ops) == 2}


def _named(ops: list[str], most: int = 3) -> str:
    rest = f" and {len(ops) - most} more" if len(ops) > most else ""
    return ", ".join(ops[:most]) + rest


# -- The terminal ----------------------------------------------------------------------------------


def print_lines(record: Record, console: Console) -> None:
    """Print all figures, each set of them once, and below it the ops that have it."""
    names = headings(measured(record))
    for line in lines(record):
        figures = " · ".join(f"{names[name]} {figure}" for name, figure in line.figures.items())
        console.print(f"[bold]{line.backend} {line.dtype}[/] {escape(figures)}", highlight=False)
        console.print(Padding(", ".join(line.ops), (0, 0, 0, 4)), highlight=False)


def summarised(record: Record) -> list[str]:
    """A line for each backend: its accumulators by dtype, and what holds for all ops but some."""
    names = headings(measured(record))
    found = []
    for backend in record.run.backends:
        own = {d: kinds for (name, d), kinds in widths(record).items() if name == backend.name}
        parts = [f"{dtype} {', '.join(kinds)}" for dtype, kinds in own.items()]
        parts += [
            _claimed(names[name], *kinds) for name, kinds in claims(record, backend.name).items()
        ]
        if parts:
            found.append(f"{backend.name}: {' · '.join(parts)}")
    return found


def _claimed(name: str, holding: list[str], failing: list[str]) -> str:
    if not holding:
        return f"not {name}"
    return f"{name} but for {_named(failing)}" if failing else name

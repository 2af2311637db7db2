"""What a self-test found, as a table for the terminal and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from tensorcts.conformance.faults.registry import CATEGORIES, Fault, named
from tensorcts.conformance.faults.selftest import Alarm, Finding


def data(findings: Sequence[Finding], alarms: Sequence[Alarm]) -> dict[str, Any]:
    """The findings, the alarms that were raised, and their totals, for JSON."""
    raised = [alarm for alarm in alarms if alarm.message]
    return {
        "faults": [
            {
                "name": found.fault,
                "op": named(found.fault).op,
                "category": named(found.fault).category,
                "text": named(found.fault).text,
                "caught": found.caught,
                "by": found.by,
                "test": "-".join(found.tried[-1]) if found.caught else "",
                "message": found.message,
            }
            for found in findings
        ],
        "alarms": [
            {"backend": alarm.backend, "test": alarm.test, "message": alarm.message}
            for alarm in raised
        ],
        "totals": {
            "faults": len(findings),
            "caught": sum(found.caught for found in findings),
            "alarms": len(raised),
            "honest_tests": len(alarms),
            "honest_cases": sum(alarm.cases for alarm in alarms),
        },
    }


def show(findings: Sequence[Finding], alarms: Sequence[Alarm], console: Console) -> None:
    """Print a line for each fault, the alarms and the totals; what was not caught comes last."""
    faults = [named(found.fault) for found in findings]
    widths = [max(map(len, texts), default=0) for texts in zip(*map(_columns, faults), strict=True)]
    for found in sorted(findings, key=lambda one: not one.caught):
        columns = _columns(named(found.fault))
        cells = [f"{text:<{width}}  " for text, width in zip(columns, widths, strict=True)]
        by = f"{found.by}: {found.message}" if found.caught else ("not caught", "red")
        _cut(console, *cells, by)
    _categories(findings, console)
    for alarm in alarms:
        if alarm.message:
            _line(console, ("alarm ", "red"), f"{alarm.backend} {alarm.test}: {alarm.message}")
    _totals(findings, alarms, console)


def _columns(fault: Fault) -> tuple[str, str, str]:
    return fault.name, fault.op, fault.category


def _categories(findings: Sequence[Finding], console: Console) -> None:
    all_of_them = Counter(named(found.fault).category for found in findings)
    caught = Counter(named(found.fault).category for found in findings if found.caught)
    parts = [f"{c} {caught[c]}/{all_of_them[c]}" for c in CATEGORIES if all_of_them[c]]
    _line(console, "\n" + " · ".join(parts))


def _totals(findings: Sequence[Finding], alarms: Sequence[Alarm], console: Console) -> None:
    totals = data(findings, alarms)["totals"]
    all_caught, quiet = totals["caught"] == totals["faults"], not totals["alarms"]
    _line(
        console,
        (f"caught {totals['caught']} of {totals['faults']}", "green" if all_caught else "red"),
        " · ",
        (f"{totals['alarms']} alarms", "green" if quiet else "red"),
        f" in {totals['honest_cases']:,} verdicts on honest backends",
    )


def _cut(console: Console, *parts: str | tuple[str, str]) -> None:
    """One line, cut where the terminal ends; a log keeps all of it."""
    if console.is_terminal:
        console.print(Text.assemble(*parts), no_wrap=True, overflow="ellipsis", highlight=False)
    else:
        _line(console, *parts)


def _line(console: Console, *parts: str | tuple[str, str]) -> None:
    console.print(Text.assemble(*parts), soft_wrap=True, highlight=False)

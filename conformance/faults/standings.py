"""What a contest found, as a table for the terminal and as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tensorcts.conformance.faults.contest import OURS, RULES, Alarms, Caught
from tensorcts.conformance.faults.registry import named
from tensorcts.conformance.faults.rivals import RIVALS

BEYOND_VALUES = frozenset({"state", "random"})
"""Categories of faults that a comparison of values with a reference is not made for."""

SOURCES = {OURS: "derived tolerances, exact probes, statistics"} | {
    r.name: r.source for r in RIVALS
}


def data(caught: Sequence[Caught], alarms: Sequence[Alarms]) -> dict[str, Any]:
    """The standings of every rule, the faults with the rules that caught them, the totals."""
    judged = [each for each in alarms if not each.waived]
    by_values = [each for each in caught if of_values(each.fault)]
    backends = {name: _cases(judged, name) for name in dict.fromkeys(a.backend for a in judged)}
    return {
        "rules": [_standing(rule, caught, judged) for rule in RULES],
        "totals": {
            "values": len(by_values),
            "beyond_values": len(caught) - len(by_values),
            "verdicts": sum(each.cases for each in judged),
            "backends": {name: cases for name, cases in backends.items() if cases},
            "tests_with_known_defects": sum(each.waived for each in alarms),
        },
        "faults": [
            {
                "name": each.fault,
                "op": named(each.fault).op,
                "category": named(each.fault).category,
                "of_values": of_values(each.fault),
                "caught_by": [rule for rule in RULES if rule in each.rules],
                "suite": each.suite,
            }
            for each in caught
        ],
    }


def of_values(fault: str) -> bool:
    """Whether the fault is one of values: not of state, chance or arguments to be refused."""
    return named(fault).category not in BEYOND_VALUES and not named(fault).accepts


def show(found: Mapping[str, Any], console: Console) -> None:
    """Print the standings; ours once by all checks and once by values alone."""
    totals = found["totals"]
    table = Table("", box=None, pad_edge=False)
    for heading in (
        f"faults in values\nof {totals['values']}",
        f"other faults\nof {totals['beyond_values']}",
        f"false alarms\nof {totals['verdicts']:,} verdicts",
    ):
        table.add_column(heading, justify="right")
    ours = found["rules"][0]
    table.add_row(OURS, *map(str, ours["suite"].values()), str(ours["alarms"]))
    for rule in found["rules"]:
        name = f"{OURS}, values alone" if rule is ours else rule["name"]
        figures = (rule["values"], rule["beyond_values"], rule["alarms"])
        table.add_row(name, *(f"{figure:,}" for figure in figures))
    console.print(table)
    cases = ", ".join(f"{name} {count:,}" for name, count in totals["backends"].items())
    left_out = f"{totals['tests_with_known_defects']} tests with known defects left out"
    console.print(f"honest backends: {cases}; {left_out}", highlight=False, soft_wrap=True)


def _standing(rule: str, caught: Sequence[Caught], judged: Sequence[Alarms]) -> dict[str, Any]:
    found = [each.fault for each in caught if rule in each.rules]
    suite = [each.fault for each in caught if each.suite]
    by_backend = {
        name: sum(each.rejected.get(rule, 0) for each in judged if each.backend == name)
        for name in dict.fromkeys(each.backend for each in judged)
    }
    return {
        "name": rule,
        "source": SOURCES[rule],
        **_split(found),
        **({"suite": _split(suite)} if rule == OURS else {}),
        "alarms": sum(by_backend.values()),
        "alarms_by_backend": {name: count for name, count in by_backend.items() if count},
    }


def _split(faults: Sequence[str]) -> dict[str, int]:
    """How many are faults of values, and how many are beyond them."""
    values = sum(map(of_values, faults))
    return {"values": values, "beyond_values": len(faults) - values}


def _cases(judged: Sequence[Alarms], backend: str) -> int:
    return sum(each.cases for each in judged if each.backend == backend)

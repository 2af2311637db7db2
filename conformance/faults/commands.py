"""What ``tensorcts selftest`` does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track

from tensorcts.conformance.cache import default_folder
from tensorcts.conformance.faults import tables
from tensorcts.conformance.faults.registry import all_faults, named
from tensorcts.conformance.faults.selftest import Selftest
from tensorcts.conformance.runner import Settings

Item = TypeVar("Item")


def run(names: Sequence[str], settings: Settings, jobs: int, *, as_json: bool) -> bool:
    """Try the faults named, or all, and the honest backends; print what was found.

    Returns whether every fault was caught and no alarm raised. Raises UnknownFaultError.
    """
    chosen = [named(name).name for name in dict.fromkeys(names)] or list(all_faults())
    selftest = Selftest(settings, default_folder(), jobs)
    findings = list(_shown("faults", selftest.findings(chosen), len(chosen), as_json))
    places = list(dict.fromkeys(place for found in findings for place in found.tried))
    alarms = list(_shown("honest backends", selftest.alarms(places), len(places), as_json))
    if as_json:
        click.echo(json.dumps(tables.data(findings, alarms), indent=2))
    else:
        tables.show(findings, alarms, Console())
    return all(found.caught for found in findings) and not any(a.message for a in alarms)


def _shown(text: str, items: Iterable[Item], total: int, quiet: bool) -> Iterator[Item]:
    """The items as they come, with a bar on a terminal."""
    console = Console(stderr=True)
    hidden = quiet or not console.is_terminal
    return iter(track(items, text, total, console=console, transient=True, disable=hidden))

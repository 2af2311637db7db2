"""What ``tensorcts selftest`` does, with and without ``--rivals``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track

from tensorcts.conformance.cache import default_folder
from tensorcts.conformance.faults import contest, standings, tables
from tensorcts.conformance.faults.registry import all_faults, named
from tensorcts.conformance.faults.selftest import Selftest, each
from tensorcts.conformance.runner import Settings

Item = TypeVar("Item")


def run(names: Sequence[str], settings: Settings, jobs: int, *, as_json: bool) -> bool:
    """Try the faults named, or all, and the honest backends; print what was found.

    Returns whether every fault was caught and no alarm raised. Raises UnknownFaultError.
    """
    chosen = [named(name).name for name in dict.fromkeys(names)] or list(all_faults())
    selftest = Selftest(settings, default_folder(), jobs)
    findings = list(_shown("faults", selftest.findings(chosen), len(chosen)))
    places = list(dict.fromkeys(place for found in findings for place in found.tried))
    alarms = list(_shown("honest backends", selftest.alarms(places), len(places)))
    if as_json:
        click.echo(json.dumps(tables.data(findings, alarms), indent=2))
    else:
        tables.show(findings, alarms, Console())
    return all(found.caught for found in findings) and not any(a.message for a in alarms)


def compare(names: Sequence[str], settings: Settings, jobs: int, *, as_json: bool) -> bool:
    """Try the faults named, or all, and the honest backends by every rule; print what was found.

    Returns whether ours caught every fault and raised no alarm. Raises UnknownFaultError.
    """
    chosen = [named(name) for name in dict.fromkeys(names)] or list(all_faults().values())
    folder = default_folder()
    tried = each(jobs, partial(contest.try_fault, settings, folder), [f.name for f in chosen])
    caught = list(_shown("faults", tried, len(chosen)))
    places = dict.fromkeys(place for fault in chosen for place in contest.places_of(fault))
    items = list(product(contest.backends_here(), places))
    judged = each(jobs, partial(contest.try_backend, settings, folder), items)
    alarms = list(_shown("honest backends", judged, len(items)))
    found = standings.data(caught, alarms)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        standings.show(found, Console())
    ours = found["rules"][0]
    return all(one.suite for one in caught) and not ours["alarms"]


def _shown(text: str, items: Iterable[Item], total: int) -> Iterator[Item]:
    """The items as they come, with a bar on a terminal."""
    console = Console(stderr=True)
    hidden = not console.is_terminal
    return iter(track(items, text, total, console=console, transient=True, disable=hidden))

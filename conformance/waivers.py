"""Waivers: known defects of a backend, each with a reason, a link and a day on which it expires.

A waiver file is TOML with one table a waiver:

    [[waiver]]
    cases = "astype-float64-*"      # test ids, * and ? as in a shell
    attributes = "dtype='bfloat16'" # only these cases of the tests; left out, the tests as a whole
    reason = "the cast rounds twice"
    link = "https://…"
    expires = 2027-06-30
    devices = ["default", "cpu"]    # only there; left out, on every device
    sometimes = true                # the defect comes and goes (a race): a pass is no news
"""

from __future__ import annotations

import datetime
import fnmatch
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from tensorcts.conformance.cases import Case
from tensorcts.reports.records import FAILURES, Result


class WaiverError(ValueError):
    """A waiver file that can't be used; the message says which waiver and why."""


@dataclass
class Waiver:
    """One waiver."""

    cases: str
    reason: str
    link: str
    expires: datetime.date
    backend: str = ""
    devices: list[str] = field(default_factory=list)
    sometimes: bool = False
    attributes: str = ""

    def concerns(self, backend: str) -> bool:
        """Whether the waiver speaks of this backend (NAME or NAME:DEVICE)."""
        name, _, device = backend.partition(":")
        there = not self.devices or (device or "default") in self.devices
        return self.backend in ("", name) and there

    def speaks_of(self, backend: str, test: str) -> bool:
        """Whether the waiver speaks of the test with this id, or of some of its cases."""
        return self.concerns(backend) and fnmatch.fnmatchcase(test, self.cases)

    def matches(self, result: Result) -> bool:
        """Whether the waiver speaks of this test, or of some of its cases."""
        return self.speaks_of(result.backend, result.id)

    def covers(self, attributes: str) -> bool:
        """Whether the waiver speaks of the cases with these attributes."""
        return not self.attributes or fnmatch.fnmatchcase(attributes, self.attributes)

    @property
    def text(self) -> str:
        """The reason and where to read on."""
        return f"{self.reason} ({self.link})"

    @property
    def label(self) -> str:
        """What the waiver speaks of."""
        return f"{self.cases!r}" + (f" with {self.attributes}" if self.attributes else "")

    @property
    def expired(self) -> bool:
        """Whether its day is past."""
        return self.expires < datetime.date.today()


def read(path: Path, backend: str = "") -> list[Waiver]:
    """The waivers in a file; raises WaiverError that names the waiver and the key at fault."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WaiverError(f"can't read the waivers in {path}: {error}") from error
    entries = table.get("waiver", [])
    tables = isinstance(entries, list) and all(isinstance(e, dict) for e in entries)
    if not tables or set(table) - {"waiver"}:
        raise WaiverError(f"{path}: a waiver file holds [[waiver]] tables and nothing else")
    return [_waiver(entry, f"{path}, waiver {n}", backend) for n, entry in enumerate(entries, 1)]


def shipped(backend: str) -> list[Waiver]:
    """The waivers that the suite ships for a backend (its name without the device)."""
    name = backend.partition(":")[0]
    folder = Path(str(files("tensorcts.tolerances"))) / "waivers"
    path = folder / f"{name}.toml"
    return read(path, name) if path.is_file() else []


def reason(waivers: Sequence[Waiver], case: Case) -> str:
    """Why a case may fail, by the waivers that name its attributes; empty where it may not."""
    held = [w.text for w in waivers if w.covers(case.attributes) and not w.expired]
    return "; ".join(held)


def apply(waivers: Sequence[Waiver], result: Result) -> None:
    """Turn a failing result into a waived one where a waiver holds."""
    for waiver in waivers:
        if not (waiver.matches(result) and waiver.covers(result.attributes)):
            continue
        if result.verdict in FAILURES and not waiver.expired:
            result.verdict = "waived"
            result.waiver = waiver.text
        elif result.verdict in FAILURES:
            result.message += f" (its waiver expired on {waiver.expires})"


def complaints(
    waivers: Sequence[Waiver], seen: Sequence[Result], known: Sequence[str]
) -> list[str]:
    """What is wrong with the waivers after a run.

    known: the ids of all tests there are. While some of a waiver's have not run, they may need it.
    """
    found = []
    backends = {r.backend for r in seen}
    for waiver in waivers:
        if not any(waiver.concerns(backend) for backend in backends):
            continue
        named = set(fnmatch.filter(known, waiver.cases))
        tests = [r for r in seen if waiver.matches(r)]
        if not named:
            found.append(f"the waiver {waiver.label} matches no test")
        elif waiver.sometimes or named - {r.id for r in tests}:
            continue
        elif all(_idle(waiver, r) for r in tests):
            found.append(f"the waiver {waiver.label} is not needed: {len(tests)} tests pass")
    return found


def _idle(waiver: Waiver, result: Result) -> bool:
    """Whether the test holds without the waiver: it passes, or others waive its failing cases."""
    others = result.verdict == "waived" and waiver.text not in result.waiver
    return result.verdict == "pass" or (bool(waiver.attributes) and others)


def _waiver(entry: dict[str, Any], where: str, backend: str) -> Waiver:
    known: dict[str, type] = {
        "cases": str,
        "reason": str,
        "link": str,
        "expires": datetime.date,
        "backend": str,
        "devices": list,
        "sometimes": bool,
        "attributes": str,
    }
    for key, value in entry.items():
        if key not in known:
            raise WaiverError(f"{where}: unknown key {key!r}; the keys are {', '.join(known)}")
        if not isinstance(value, known[key]) or value == "" or isinstance(value, datetime.datetime):
            raise WaiverError(f"{where}: {key} is {value!r}, not a {known[key].__name__}")
    if not all(isinstance(device, str) for device in entry.get("devices", [])):
        raise WaiverError(f"{where}: devices is {entry['devices']!r}, not a list of names")
    for key in ("cases", "reason", "link", "expires"):
        if key not in entry:
            raise WaiverError(f"{where}: {key} is missing")
    return Waiver(**{"backend": backend, **entry})

"""The record of a run: one JSON object a line, written as results come.

The first line describes the run, every further one holds a verdict, the last says how it ended.
``SCHEMA`` counts up with every change of the fields' meaning.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TextIO

SCHEMA = 1

Verdict = Literal[
    "pass",
    "fail",
    "error",
    "crash",
    "hang",
    "unsupported",
    "unavailable",
    "waived",
    "vacuous",
    "property-mismatch",
]
Way = Literal["", "own", "kernel", "composed"]
"""How a backend came to a gradient: by its own autodiff, by a kernel, by our rules on its ops."""

STEPWISE: frozenset[Way] = frozenset({"own", "composed"})
"""Ways of many steps, each of which stores its result: a backend's own starts from what its op
stored, and most of it is composed too. There cotangents are added one by one."""

VERDICTS: tuple[Verdict, ...] = (
    "unsupported",
    "unavailable",
    "pass",
    "vacuous",
    "waived",
    "property-mismatch",
    "fail",
    "error",
    "crash",
    "hang",
)
"""All verdicts, mildest first: where several meet, the last stands for them.

What is not offered stands for an op in a dtype only where no check of it could be judged.
"""

FAILURES = frozenset({"fail", "error", "crash", "hang", "property-mismatch"})


class RecordError(ValueError):
    """A record file that can't be read; the message says where and why."""


@dataclass
class Backend:
    """A backend of the run: its declared capabilities, or why it could not run."""

    name: str
    device: str = ""
    dtypes: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    profile: str = ""
    traits: dict[str, str] = field(default_factory=dict)
    evidence: str = ""
    unavailable: str = ""


@dataclass
class Run:
    """The first line: what ran where."""

    suite: str
    started: str
    seed: int
    examples: int
    tables: str
    environment: dict[str, str]
    backends: list[Backend]
    ops: dict[str, dict[str, Any]]
    """For each op its family, dtypes, summary and tolerance rule, and for a primitive its
    ``limits``: the ulps that each profile, the tightest first, allows it in a dtype."""
    seeds: int = 1

    @property
    def seeding(self) -> str:
        """The seeds, in words."""
        last = self.seed + self.seeds - 1
        return f"seed {last}" if self.seeds == 1 else f"seeds {self.seed} to {last}"


@dataclass
class Worst:
    """The worst element of a test's worst case."""

    index: list[int]
    inputs: list[str]
    got: str
    truth: str
    ulp: float | None
    z: float | None
    allowed: str


@dataclass
class Result:
    """One test: an op in a dtype under one check on one backend."""

    backend: str
    op: str
    dtype: str
    check: str
    verdict: Verdict
    cases: int = 0
    seconds: float = 0.0
    rule: str = ""
    ulp: float | None = None
    z: float | None = None
    vacuous: float = 0.0
    """The share of compared elements whose tolerance carried no information."""
    tightness: float | None = None
    """The largest error in units of what is allowed."""
    gain: float | None = None
    """The relative error that all elements have in common; ``gain_z`` in standard deviations."""
    gain_z: float | None = None
    bias: float | None = None
    """Their common error away from zero, in ulps."""
    bias_z: float | None = None
    ratio: float | None = None
    """Their mean squared error over that of the model."""
    message: str = ""
    shapes: list[list[int]] = field(default_factory=list)
    attributes: str = ""
    worst: Worst | None = None
    reproducer: str = ""
    waiver: str = ""
    measured: dict[str, str] = field(default_factory=dict)
    """The figures of the check ``properties``, by property."""
    unsupported: dict[str, int] = field(default_factory=dict)
    """How many of the cases the backend does not support, by the reason it gives."""
    way: Way = ""
    """How a gradient came about; empty for what is none."""

    @property
    def id(self) -> str:
        """The test's name: op-dtype-check."""
        return f"{self.op}-{self.dtype}-{self.check}"


@dataclass
class End:
    """The last line: how the run ended."""

    seconds: float
    interrupted: bool
    canaries: dict[str, bool]
    """For each deliberately wrong result whether the comparison caught it."""
    waivers: list[str] = field(default_factory=list)
    """What is wrong with the waivers: patterns that match nothing, waived tests that pass."""
    verdicts: int = 0
    """How many cases were judged; those of an earlier run that was resumed don't count."""

    @property
    def void(self) -> bool:
        """Whether the run proves nothing because a canary got through, or none ran."""
        return not self.canaries or not all(self.canaries.values())


@dataclass
class Record:
    """A whole run as read back."""

    run: Run
    results: list[Result]
    end: End | None


class Writer:
    """Writes a record line by line; every line is on disk before the next test starts."""

    def __init__(self, file: TextIO, run: Run) -> None:
        """Start a record in an open text file."""
        self._file = file
        self._write("run", {"schema": SCHEMA, **asdict(run)})

    def result(self, result: Result) -> None:
        """Add a verdict."""
        self._write("result", asdict(result))

    def end(self, end: End) -> None:
        """Add the last line."""
        self._write("end", asdict(end))

    def _write(self, kind: str, content: dict[str, Any]) -> None:
        self._file.write(json.dumps({"type": kind, **content}, allow_nan=True) + "\n")
        self._file.flush()


def read(path: Path) -> Record:
    """The record in a file, compressed by gzip or not, or in the folder of ``records.jsonl``.

    Raises RecordError for a file that is missing, cut off in mid-line, or of another schema.
    """
    path = path / "records.jsonl" if path.is_dir() else path
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        lines = content.decode("utf-8").splitlines()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise RecordError(f"can't read the record {path}: {error}") from error
    return parse(lines, str(path))


def parse(lines: Iterable[str], name: str) -> Record:
    """The record in the lines of the file called ``name``."""
    run: Run | None = None
    results: list[Result] = []
    end: End | None = None
    for number, line in enumerate(lines, 1):
        try:
            content = json.loads(line)
            kind = content.pop("type")
            if kind == "run":
                schema = content.pop("schema")
                if schema != SCHEMA:
                    raise RecordError(f"{name}: schema {schema}; this version reads {SCHEMA}")
                content["backends"] = [Backend(**b) for b in content["backends"]]
                run = Run(**content)
            elif kind == "result":
                results.append(result_from(content))
            elif kind == "end":
                end = End(**content)
        except RecordError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordError(f"{name}, line {number}: not a line of a record ({error})") from error
    if run is None:
        raise RecordError(f"{name}: no line describes the run")
    return Record(run, results, end)


def result_from(content: dict[str, Any]) -> Result:
    """A verdict read back from its fields."""
    worst = content.pop("worst", None)
    return Result(**content, worst=Worst(**worst) if worst else None)

"""The record of a sweep: one JSON object a line, each a function in a dtype on a backend.

``SCHEMA`` counts up with every change of the fields' meaning. Bit patterns are hexadecimal texts
("0x3f800000"), numbers of a dtype texts that tell them apart from their neighbours ("1.0").
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tensorcts.reports.records import Backend, RecordError

SCHEMA = 1


@dataclass
class Point:
    """An input and what came of it.

    ulp: the signed error; None where one of got and truth is NaN and the other is not.
    """

    bits: list[str]
    inputs: list[str]
    got_bits: str
    got: str
    truth: str
    ulp: float | None


@dataclass
class Binade:
    """The inputs of one sign and exponent field, in ulps.

    exponent: of its numbers 2**exponent ≤ |x| < 2**(exponent + 1), for subnormal numbers (and 0)
        that of the smallest normal number - 1, for what is not finite that of the largest + 1.
    counts: what is counted of them (``Sweep.counts``).
    """

    negative: bool
    exponent: int
    points: int
    compared: int
    max: float
    mean: float
    rms: float
    bias: float
    worst: Point | None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class Sweep:
    """A function in a dtype on a backend, over all its inputs or samples of every binade.

    function: the op, a cast's with its target ("astype-float16").
    result: the dtype of the results.
    inputs: "all", "sampled", "all pairs" or "sampled pairs".
    max, mean, rms, bias: of the errors in Kahan's ulps; the bias is positive away from zero.
    percentiles: the size that a share of the errors does not exceed, to an eighth of an octave.
    histogram: from, to, how many errors lie between.
    counts: how many points are misrounded, NaN for a number and so on; ``examples`` has of each the
        smallest bit pattern.
    judge: where truths and errors were computed, "host" or "gpu"; empty where it was not kept.
    limits: the ulps that each profile allows, the tightest first; ``profile`` the tightest that is
        met, empty where none is, or where there are none.
    failure: why there are no figures.
    """

    backend: Backend
    function: str
    attributes: str
    dtype: str
    result: str
    inputs: str
    seed: int
    suite: str
    started: str
    seconds: float
    environment: dict[str, str]
    judge: str = ""
    points: int = 0
    compared: int = 0
    max: float = 0.0
    worst: Point | None = None
    mean: float = 0.0
    rms: float = 0.0
    bias: float = 0.0
    correctly_rounded: float = 0.0
    percentiles: dict[str, float] = field(default_factory=dict)
    histogram: list[list[float]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, Point] = field(default_factory=dict)
    binades: list[Binade] = field(default_factory=list)
    special: list[Point] = field(default_factory=list)
    limits: dict[str, float] = field(default_factory=dict)
    profile: str = ""
    failure: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What a folder holds one record of."""
        return self.backend.name, self.function, self.dtype


START = b'{"schema":'
"""What a record begins with; a conformance run's begins with its type."""


def to_line(sweep: Sweep) -> str:
    """The record as a line."""
    return json.dumps({"schema": SCHEMA, **asdict(sweep)}) + "\n"


def add(path: Path, sweep: Sweep) -> None:
    """Put a record into a file, in place of the one of the same backend, function and dtype."""
    kept = [s for s in read(path) if s.key != sweep.key] if path.exists() else []
    new = path.with_name(path.name + ".new")
    new.write_text("".join(map(to_line, [*kept, sweep])), "utf-8")
    new.replace(path)


def read(path: Path) -> list[Sweep]:
    """The records of a file, compressed by gzip or not, or of all the files of a folder.

    Raises RecordError for a file that is missing, cut off in mid-line, or of another schema.
    """
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.name.endswith((".jsonl", ".jsonl.gz")))
        return [sweep for file in files for sweep in read(file)]
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        return parse(content.decode("utf-8").splitlines(), str(path))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise RecordError(f"can't read the record {path}: {error}") from error


def holds(path: Path) -> bool:
    """Whether a file, or a folder without a conformance run's record, holds records of sweeps."""
    if path.is_dir():
        files = [p for p in path.iterdir() if p.name.endswith((".jsonl", ".jsonl.gz"))]
        return bool(files) and not (path / "records.jsonl").exists() and all(map(holds, files))
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return file.readline().startswith(START)
    except (OSError, EOFError, zlib.error):
        return False


def parse(lines: Iterable[str], name: str) -> list[Sweep]:
    """The records in the lines of the file called ``name``."""
    found = []
    for number, line in enumerate(lines, 1):
        try:
            content = json.loads(line)
            schema = content.pop("schema")
            if schema != SCHEMA:
                raise RecordError(f"{name}: schema {schema}; this version reads {SCHEMA}")
            found.append(_sweep(content))
        except RecordError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordError(f"{name}, line {number}: not a sweep ({error})") from error
    return found


def _sweep(content: dict[str, Any]) -> Sweep:
    content["backend"] = Backend(**content["backend"])
    content["worst"] = _point(content["worst"])
    content["examples"] = {kind: Point(**point) for kind, point in content["examples"].items()}
    content["special"] = [Point(**point) for point in content["special"]]
    for row in content["binades"]:
        row["worst"] = _point(row["worst"])
    content["binades"] = [Binade(**row) for row in content["binades"]]
    return Sweep(**content)


def _point(content: dict[str, Any] | None) -> Point | None:
    return Point(**content) if content else None

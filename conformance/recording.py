"""Recording a run: the JSON lines, the reproducers, the HTML page and the summary."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from tensorcts.conformance import waivers
from tensorcts.conformance.checks import all_tests
from tensorcts.conformance.session import Session
from tensorcts.reports import fingerprints, grades, html, terminal, totals
from tensorcts.reports.records import (
    FAILURES,
    End,
    Record,
    RecordError,
    Result,
    Writer,
    parse,
    result_from,
)


class RecordingError(OSError):
    """The report folder can't be written to."""


class Recorder:
    """Keeps the results of a run, in a folder where one is given."""

    def __init__(self, session: Session, folder: Path | None, *, resume: bool = False) -> None:
        """Run the canaries and write the first line; raises RecordingError for a bad folder.

        resume: take over the results of an interrupted run of the same tests in the folder.
        """
        self._session = session
        self._started = time.perf_counter()
        self._file: TextIO | None = None
        self._writer: Writer | None = None
        self.record = Record(session.describe(), [], None)
        self._canaries = session.canaries()
        self.folder = folder
        kept = _kept(folder, self.record) if resume and folder is not None else []
        if folder is not None:
            try:
                (folder / "reproducers").mkdir(parents=True, exist_ok=True)
                self._file = (folder / "records.jsonl").open("w", encoding="utf-8")
            except OSError as error:
                raise RecordingError(f"can't write the report to {folder}: {error}") from error
            self._writer = Writer(self._file, self.record.run)
        for result in kept:
            self.add(result)
        self._resumed = len(kept)

    def add(self, result: Result) -> None:
        """Record a result; a failing one gets a reproducer file of its own."""
        self.record.results.append(result)
        if self._writer is not None:
            self._writer.result(result)
        if self.folder is not None and result.reproducer:
            self.reproducer_path(result).write_text(result.reproducer, encoding="utf-8")

    def add_content(self, content: dict[str, Any]) -> None:
        """Record a result that comes from another process as its fields."""
        self.add(result_from(content))

    def add_crash(self, op: str, dtype: str, check: str, backend: str, message: str) -> None:
        """Record a test that ended the process it ran in."""
        self.add(Result(backend, op, dtype, check, "crash", message=message))

    def reproducer_path(self, result: Result) -> Path:
        """Where the reproducer of a result stands."""
        assert self.folder is not None
        backend = re.sub(r"\W", "_", result.backend)
        return self.folder / "reproducers" / f"{result.id}-{backend}.py"

    def finish(self, *, interrupted: bool) -> None:
        """Write the last line and the HTML page."""
        held = [] if self._session.settings.profile else self._session.waivers
        self.record.end = End(
            seconds=time.perf_counter() - self._started,
            interrupted=interrupted,
            canaries=self._canaries,
            waivers=waivers.complaints(held, self.record.results, [t.id for t in all_tests()]),
            verdicts=sum(result.cases for result in self.record.results[self._resumed :]),
        )
        if self._writer is not None and self._file is not None:
            self._writer.end(self.record.end)
            self._file.close()
        if self.folder is not None:
            (self.folder / "report.html").write_text(html.render([self.record]), encoding="utf-8")

    @property
    def held(self) -> bool:
        """Whether everything asked for held: no failure, no canary lost, no waiver gone stale."""
        end = self.record.end
        failed = any(r.verdict in FAILURES for r in self.record.results)
        return end is not None and not (failed or end.void or end.waivers or end.interrupted)

    def summary(self) -> dict[str, Any]:
        """The run in figures, for other programs."""
        return summary(self.record)

    def print_summary(self, console: Console) -> None:
        """The terminal's summary of the run."""
        files = {}
        if self.folder is not None:
            files = {"html": self.folder / "report.html", "record": self.folder / "records.jsonl"}
            failing = totals.failures(self.record)
            if failing:
                files["reproduce"] = self.reproducer_path(failing[0].worst)
        terminal.print_summary(self.record, console, files)


def summary(record: Record) -> dict[str, Any]:
    """A record in figures: verdicts and coverage per backend, canaries, complaints."""
    return {
        "suite": record.run.suite,
        "backends": {
            backend.name: {
                "device": backend.device,
                "verdicts": dict(Counter(r.verdict for r in _of(record, backend.name))),
                "cases": sum(r.cases for r in _of(record, backend.name)),
                "ops_offered": len(
                    {r.op for r in _of(record, backend.name) if r.verdict != "unsupported"}
                ),
                "ops": len(record.run.ops),
                "grade": grades.summarised(record, backend.name),
                "fingerprint": fingerprints.by_op(record, backend.name),
                "failures": [r.id for r in _of(record, backend.name) if r.verdict in FAILURES],
            }
            for backend in record.run.backends
        },
        "void": record.end is None or record.end.void,
        "interrupted": record.end is None or record.end.interrupted,
        "waivers": record.end.waivers if record.end else [],
        "seconds": record.end.seconds if record.end else None,
        "verdicts": record.end.verdicts if record.end else None,
    }


def _of(record: Record, backend: str) -> list[Result]:
    return [r for r in record.results if r.backend == backend]


def _kept(folder: Path, wanted: Record) -> list[Result]:
    """The results of an earlier run in the folder, if it was made with the same settings."""
    earlier = _earlier(folder / "records.jsonl")
    before, now = ([b.name for b in r.run.backends] for r in (earlier, wanted))
    if before != now:
        raise RecordError(f"can't resume {folder}: it judged {', '.join(before)}")
    before, now = ([b.profile for b in r.run.backends] for r in (earlier, wanted))
    if before != now:
        raise RecordError(f"can't resume {folder}: it judged by {', '.join(before)}")
    for name in ("suite", "seed", "seeds", "examples", "tables"):
        before, now = getattr(earlier.run, name), getattr(wanted.run, name)
        if before != now:
            raise RecordError(
                f"can't resume {folder}: its {name} was {before!r}, now it is {now!r}"
            )
    return earlier.results


def _earlier(path: Path) -> Record:
    """The record of an interrupted run; the last line may be cut off."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"can't read the record {path}: {error}") from error
    return parse(text[: text.rfind("\n") + 1].splitlines(), str(path))


def explain_result(result: Result) -> str:
    """A failing result in full: the call, the worst element, and the script that shows it again."""
    shapes = ", ".join(str(s) for s in result.shapes)
    lines = [
        f"{result.op} in {result.dtype} on {result.backend}: {result.verdict}",
        f"  check {result.check}, rule {result.rule}",
        f"  shapes {shapes}; {result.attributes}",
        f"  {result.message}",
    ]
    if worst := result.worst:
        ulp = "—" if worst.ulp is None else f"{worst.ulp:.4g}"
        z = "—" if worst.z is None else f"{worst.z:.4g}"
        lines += [
            f"  worst element {worst.index}: inputs {', '.join(worst.inputs)}",
            f"  got {worst.got}, truth {worst.truth}: ulp {ulp}, z {z}, allowed {worst.allowed}",
        ]
    if result.gain is not None:
        lines.append(
            f"  over all elements: gain {result.gain:.3g} (z {result.gain_z:.1f}), "
            f"bias {result.bias:.3g} ulp (z {result.bias_z:.1f}), S {result.ratio:.3g}"
        )
    if result.reproducer:
        lines += ["reproduce it by:", result.reproducer]
    return "\n".join(lines)

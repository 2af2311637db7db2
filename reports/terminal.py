"""The terminal: a run's progress and its summary, on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from tensorcts.reports import fingerprints, grades, totals
from tensorcts.reports.records import FAILURES, VERDICTS, Record, Result, Verdict
from tensorcts.reports.totals import Totals, duration, explain, percent, throughput

GROUPS = 10
"""At most so many failing groups are shown, ..."""
ROWS = 8
"""... so many families, ..."""
REASONS = 4
"""... so many waivers and complaints."""

STYLES: dict[Verdict, str] = {
    "pass": "green",
    "vacuous": "cyan",
    "waived": "yellow",
    "unsupported": "dim",
    "unavailable": "dim",
    "property-mismatch": "magenta",
    "fail": "red",
    "error": "red",
    "crash": "bold red",
    "hang": "bold red",
}


def print_summary(
    record: Record, console: Console, files: Mapping[str, Path] | None = None
) -> None:
    """Print what a run found, worst first, in about forty lines.

    files: what to look at next: under ``reproduce`` the worst failure's script, under any other
    name (``html``, ``record``) a file that was written.
    """
    _header(record, console)
    _backends(record, console)
    _families(record, console)
    _failures(record, console)
    _waivers(record, console)
    for line in grades.lines(record):
        _cut(console, ("grade ", "bold"), line)
    _fingerprints(record, console)
    for line in totals.gradients(record):
        _cut(console, ("gradients ", "bold"), line)
    _validity(record, console)
    for name, path in (files or {}).items():
        command = f"tensorcts reproduce {path}" if name == "reproduce" else str(path)
        _line(console, (f"{name:<10}", "bold"), command)


def _line(console: Console, *parts: str | Text | tuple[str, str]) -> None:
    """One line, never wrapped: a path or a command must stay in one piece."""
    console.print(Text.assemble(*parts), soft_wrap=True, highlight=False)


def _cut(console: Console, *parts: str | Text | tuple[str, str]) -> None:
    """One line, cut where the terminal ends; a log keeps all of it."""
    if console.is_terminal:
        console.print(Text.assemble(*parts), no_wrap=True, overflow="ellipsis", highlight=False)
    else:
        _line(console, *parts)


def _header(record: Record, console: Console) -> None:
    run = record.run
    facts = [run.seeding, f"{run.examples} examples", run.started]
    if record.end:
        facts += [duration(record.end.seconds), throughput(record.end)]
    _cut(console, (f"TensorCTS {run.suite}", "bold"), (" · " + " · ".join(facts), "dim"))


# -- Totals ----------------------------------------------------------------------------------------


def _backends(record: Record, console: Console) -> None:
    """A backend's pass rate and coverage on one line, always both; its other verdicts below."""
    sums = {b.name: totals.of_backend(record, b.name) for b in record.run.backends}
    passed = {
        n: f"{percent(s.passed, s.judged)} ({s.passed:,} of {s.judged:,})" for n, s in sums.items()
    }
    offered = {
        n: f"{percent(s.offered, s.ops)} ({s.offered} of {s.ops} ops)" for n, s in sums.items()
    }
    widths = [
        max(map(len, texts), default=0) + 2 for texts in (sums, passed.values(), offered.values())
    ]
    for backend in record.run.backends:
        name = backend.name
        style = "red" if sums[name].failed else "green" if sums[name].judged else "dim"
        head = Text.assemble(
            (f"{name:<{widths[0]}}", "bold"),
            "passed ",
            (f"{passed[name]:<{widths[1]}}", style),
            f"coverage {offered[name]:<{widths[2]}}",
        )
        profile = f"profile {backend.profile}" if backend.profile else ""
        facts = " · ".join(filter(None, (profile, backend.evidence, backend.device)))
        apart = len(head) + len(facts) > console.width
        if apart:
            head.rstrip()
        _cut(console, head, "\n" + " " * widths[0] if apart else "", (facts, "dim"))
        if backend.unavailable:
            _line(console, " " * widths[0], ("unavailable: ", "yellow"), backend.unavailable)
        elif counts := _counts(sums[name], *totals.left_out(record, name)):
            _cut(console, " " * widths[0], *counts)


def _counts(sums: Totals, cases: int, tests: int) -> list[str | tuple[str, str]]:
    """How many tests have each verdict but pass; how many cases of others are unsupported."""
    parts: list[str | tuple[str, str]] = []
    for verdict in reversed(VERDICTS):
        if sums.counts[verdict] and verdict != "pass":
            parts += [" · "] if parts else []
            parts.append((f"{sums.counts[verdict]:,} {verdict}", STYLES[verdict]))
    if cases:
        parts += [" · "] if parts else []
        parts.append((f"{cases:,} cases unsupported in {tests:,} other tests", "dim"))
    return parts


def _families(record: Record, console: Console) -> None:
    """Families with anything but passes; with several backends, each backend's passed of judged."""
    several = len(record.run.backends) > 1
    columns = [b.name for b in record.run.backends if not b.unavailable]
    cells: dict[tuple[str, str], list[Result]] = {}
    for result in record.results:
        key = (totals.family(record, result.op), result.backend if several else result.verdict)
        cells.setdefault(key, []).append(result)
    found = {r.verdict for r in record.results}
    if not several:
        columns = [v for v in VERDICTS if v in found]
    names = list(dict.fromkeys(family for family, _ in cells))
    sums = {n: totals.totals((r for k in cells if k[0] == n for r in cells[k]), 0) for n in names}
    clean = [n for n in names if set(sums[n].counts) == {"pass"}]
    shown = sorted(
        (n for n in names if n not in clean),
        key=lambda n: (-sums[n].failed, sums[n].passed - sum(sums[n].counts.values())),
    )
    if not shown:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("family", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    for name in shown[:ROWS]:
        table.add_row(name, *(_cell(cells.get((name, c), []), several) for c in columns))
    console.print()
    console.print(table)
    rest = [f"... and {len(shown) - ROWS} more"] if len(shown) > ROWS else []
    rest += [f"all pass in {', '.join(clean)}"] if clean else []
    if rest:
        _cut(console, (" · ".join(rest), "dim"))


def _cell(results: list[Result], several: bool) -> Text:
    if not results:
        return Text("")
    if not several:
        return Text(f"{len(results):,}", STYLES[results[0].verdict])
    sums = totals.totals(results, 0)
    if not sums.judged:
        return Text("unsupported", "dim")
    style = "red" if sums.failed else "green" if sums.passed == sums.judged else "yellow"
    return Text(f"{sums.passed:,} of {sums.judged:,}", style)


# -- Failures and waivers --------------------------------------------------------------------------


def _failures(record: Record, console: Console) -> None:
    groups = totals.failures(record)
    if not groups:
        return
    several = len(record.run.backends) > 1
    console.print()
    for group in groups[:GROUPS]:
        worst = group.worst
        others = len(group.results) - 1
        head = f" {group.op} {group.dtype}" + (f" on {group.backend}" if several else "")
        more = f" (and {others} more {'check' if others == 1 else 'checks'})" if others else ""
        line = Text.assemble(
            (worst.verdict, STYLES[worst.verdict]), (head, "bold"), f" {worst.check}{more}"
        )
        reason = explain(group)
        if len(line) + len(reason) + 2 > console.width and worst.worst:
            _cut(console, line)
            _cut(console, "     ", reason)
        else:
            _cut(console, line, ": ", reason)
    if len(groups) > GROUPS:
        rest = Counter(g.backend for g in groups[GROUPS:])
        named = f" ({', '.join(f'{n} on {b}' for b, n in rest.items())})" if several else ""
        text = f"... and {len(groups) - GROUPS} more op × dtype{named}, all in the report"
        _cut(console, (text, "dim"))


def _waivers(record: Record, console: Console) -> None:
    reasons = totals.waived(record)
    complaints = record.end.waivers if record.end else []
    if reasons or complaints:
        console.print()
    for reason, results in list(reasons.items())[:REASONS]:
        names = ", ".join(dict.fromkeys(f"{r.op} {r.dtype}" for r in results))
        _cut(console, (f"{len(results)} waived", STYLES["waived"]), f": {reason} ({names})")
    if len(reasons) > REASONS:
        _cut(console, (f"... and {len(reasons) - REASONS} more reasons, all in the report", "dim"))
    for complaint in complaints[:REASONS]:
        _cut(console, ("waiver ", "bold yellow"), complaint)
    if len(complaints) > REASONS:
        _cut(console, (f"... and {len(complaints) - REASONS} more complaints", "dim"))


def _fingerprints(record: Record, console: Console) -> None:
    """What each backend was measured to be, on a line."""
    for line in fingerprints.summarised(record):
        _cut(console, ("measured ", "bold"), line)


def _validity(record: Record, console: Console) -> None:
    """Whether the verdicts above may be believed."""
    console.print()
    if record.end is None or record.end.interrupted:
        _line(console, ("INTERRUPTED", "bold yellow"), ": tests are missing; this is no full run")
    if record.end is None:
        return
    caught = record.end.canaries
    if not record.end.void:
        _line(console, (f"{len(caught)} of {len(caught)} canaries caught", "green"))
        return
    missed = [name for name, seen in caught.items() if not seen]
    reason = f"not caught: {', '.join(missed)}" if missed else "no canary ran"
    _line(
        console,
        (" VOID ", "bold white on red"),
        (f" {reason}; this run proves nothing", "bold red"),
    )


# -- Progress --------------------------------------------------------------------------------------


@contextmanager
def progress(
    total: int, console: Console, description: str = "tests"
) -> Iterator[Callable[[Result], None]]:
    """Show how a run of ``total`` tests gets on; the yielded function takes each result.

    On a terminal a bar that vanishes at the end, elsewhere a plain line every tenth of the way.
    """
    done = failed = 0
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(description, total=total, failed=0)

        def step(result: Result) -> None:
            nonlocal done, failed
            done += 1
            failed += result.verdict in FAILURES
            bar.update(task, advance=1, failed=failed, description=f"{description} {result.op}")
            if not console.is_terminal and done * 10 // total > (done - 1) * 10 // total:
                _line(console, f"{description}: {done:,} of {total:,}, {failed:,} failed")

        yield step

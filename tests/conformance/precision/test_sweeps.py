"""Whole sweeps: cut off and resumed, spread over processes and a cluster, what they find."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tensorcts.backends.protocol import UnavailableError
from tensorcts.conformance.cli import main
from tensorcts.conformance.precision import commands, sweeps
from tensorcts.conformance.precision.commands import Choice
from tensorcts.conformance.precision.journals import Journal, JournalError
from tensorcts.conformance.precision.judging import Task
from tensorcts.conformance.precision.sweeps import Serial, Swept
from tensorcts.reports.precision import records

HALF = Choice(("numpy",), ("exp", "log"), ("float16",), exhaustive=False, seed=0)
SAMPLED = Task("numpy", "exp", "float32", "sampled", seed=3)
PAIRS = Task("numpy", "multiply", "bfloat16", "sampled pairs")


class KilledError(Exception):
    """What ends a sweep in the middle."""


class Dying(Serial):
    """Runs so many blocks, then dies."""

    def __init__(self, blocks: int) -> None:
        self.blocks = blocks

    def map(self, fn: Callable[..., Any], *iterables: Any, **options: Any) -> Iterator[Any]:
        for number, result in enumerate(super().map(fn, *iterables)):
            if number == self.blocks:
                raise KilledError
            yield result


def swept(folder: Path, executor: Executor, *tasks: Task) -> list[Swept]:
    journals = {task: commands.journal(folder, task) for task in tasks}
    return list(sweeps.sweep(tasks, executor, journals, lambda task, block: None))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Swept]:
    return swept(tmp_path_factory.mktemp("whole"), Serial(), SAMPLED, PAIRS)


@pytest.mark.parametrize("blocks", [0, 1, 3, 5])
def test_a_resumed_sweep_is_the_uninterrupted_one(
    tmp_path: Path, whole: list[Swept], blocks: int
) -> None:
    with pytest.raises(KilledError):
        swept(tmp_path, Dying(blocks), SAMPLED, PAIRS)
    assert swept(tmp_path, Serial(), SAMPLED, PAIRS) == whole
    assert swept(tmp_path, Dying(0), SAMPLED, PAIRS) == whole  # nothing is left to be done


@pytest.mark.parametrize("cut", [1, 100])
def test_a_line_that_was_cut_off_is_judged_again(
    tmp_path: Path, whole: list[Swept], cut: int
) -> None:
    swept(tmp_path, Serial(), SAMPLED)
    (path,) = (tmp_path / "journals").iterdir()
    content = path.read_bytes()
    path.write_bytes(content[:-cut])
    assert swept(tmp_path, Serial(), SAMPLED) == whole[:1]
    lines = path.read_text().splitlines()
    assert len(lines) == 1 + SAMPLED.plan.count
    assert sorted(json.loads(line)["block"] for line in lines[1:]) == [*range(SAMPLED.plan.count)]


def test_two_processes_give_the_same(tmp_path: Path, whole: list[Swept]) -> None:
    with sweeps.executor_for(None, 2) as executor:
        assert swept(tmp_path, executor, SAMPLED, PAIRS) == whole


@pytest.mark.filterwarnings("ignore")
def test_two_workers_of_a_cluster_give_the_same(tmp_path: Path, whole: list[Swept]) -> None:
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(**options, silence_logs=50) as cluster,
        sweeps.executor_for(cluster.scheduler_address, 1) as executor,
    ):
        assert swept(tmp_path, executor, SAMPLED, PAIRS) == whole


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def __init__(self, address: str) -> None:
            raise OSError("timed out")

    monkeypatch.setattr(sweeps.importlib, "import_module", lambda name: _Module(Silent))
    with pytest.raises(UnavailableError, match="no Dask scheduler answers at tcp://x:1"):
        sweeps.cluster("tcp://x:1")


class _Module:
    def __init__(self, client: type) -> None:
        self.Client = client


def test_a_journal_of_another_sweep_is_not_continued(tmp_path: Path) -> None:
    Journal(tmp_path / "j", {"seed": 1, "backend": "numpy"})
    with pytest.raises(JournalError, match=r"\(seed changed\); delete it"):
        Journal(tmp_path / "j", {"seed": 2, "backend": "numpy"})


def test_a_file_that_is_no_journal_is_told(tmp_path: Path) -> None:
    (tmp_path / "j").write_text("{}\n[1]\n")
    with pytest.raises(JournalError, match="can't read"):
        Journal(tmp_path / "j", {})


def test_numpys_float16_exp_rounds_twice_at_four_inputs(tmp_path: Path) -> None:
    assert commands.run(HALF, tmp_path, 1, None, as_json=False)
    exp, log = records.read(tmp_path)
    assert (exp.points, exp.counts["misrounded"], log.counts["misrounded"]) == (65536, 4, 1)
    assert exp.worst is not None and exp.worst.bits == ["0xaa0c"] and 0.5 < exp.max < 0.5003
    assert exp.profile == "tight" and exp.percentiles["50"] <= exp.percentiles["99.9"] <= exp.max
    assert sum(n for *_, n in exp.histogram) == exp.compared
    assert sum(row.points for row in exp.binades) == exp.points
    special = {p.inputs[0]: p for p in exp.special}
    assert special["inf"].got == "inf" and special["nan"].ulp is None


def test_the_command_shows_and_writes_what_it_finds(tmp_path: Path) -> None:
    arguments = ["precision", "--backend", "numpy", "--dtype", "float16", "--report", str(tmp_path)]
    shown = CliRunner().invoke(main, [*arguments, "--op", "exp", "-j", "1"])
    assert shown.exit_code == 0 and "0.50027" in shown.output and "tight" in shown.output
    again = CliRunner().invoke(main, [*arguments, "--op", "exp", "-j1", "--format", "json"])
    assert records.parse(again.stdout.splitlines(), "stdout")[0].function == "exp"
    assert len(records.read(tmp_path / "numpy.jsonl")) == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--op", "softmax"], "softmax can't be swept"),
        (["--op", "expp"], "did you mean exp"),
        (["--op", "astype"], "astype-float16, say"),
        (["--dtype", "float12"], "unknown dtype"),
        (["--op", "exp", "--dtype", "float8_e5m2"], "nothing to sweep"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, arguments: list[str], text: str) -> None:
    given = ["precision", "--backend", "numpy", "--report", str(tmp_path), *arguments]
    result = CliRunner().invoke(main, given)
    assert result.exit_code == 2 and text in " ".join(result.output.split())

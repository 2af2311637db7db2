"""Isolated backends: a crash or a hang costs one case, and what goes wrong is said clearly."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorcts.backends import registry as backend_registry
from tensorcts.backends.protocol import UnavailableError
from tensorcts.backends.registry import UnknownBackendError
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import all_tests
from tensorcts.conformance.hosts import Host, InProcess, Isolated
from tensorcts.conformance.runner import Settings
from tensorcts.conformance.session import Session
from tensorcts.reference import registry

REPLACED = "def replaced(self):\n    return {{'exp': lambda x: {}}}"
BODIES = {
    "crashing": REPLACED.format("ctypes.string_at(0) if x.size == 1 else np.exp(x)"),
    "leaving": REPLACED.format("exec('import os; os._exit(7)')"),
    "hanging": REPLACED.format("time.sleep(600) if x.size == 1 else np.exp(x)"),
    "mute": "def __init__(self, device=None):\n    raise UnavailableError('no device: buy one')",
    "broken": "def __init__(self, device=None):\n    raise RuntimeError('driver 3 is too old')",
    "dying": "def __init__(self, device=None):\n    ctypes.string_at(0)",
    "unpicklable": "def replaced(self):\n    class Own(Exception):\n        pass\n"
    "    def fail(x):\n        raise Own('odd')\n    return {'exp': fail}",
    "lost": "def __init__(self, device=None):\n    super().__init__()\n    open('started', 'x')\n\n"
    + REPLACED.format("ctypes.string_at(0)"),
    "asserting": "def is_lost(self, error):\n    return 'assert' in str(error)\n\n"
    + REPLACED.format(
        "1 / 0 if x.size == 2 else exec('raise IOError(\\'assert\\')')"
        " if x.size == 1 else np.exp(x)"
    ),
    "chatty": REPLACED.format("(print('hello'), np.exp(x))[1]"),
}


@pytest.fixture
def host(vendor: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start an isolated backend by name."""
    monkeypatch.syspath_prepend(vendor(**BODIES))
    backend_registry.registered.cache_clear()
    started: list[Host] = []

    def start(name: str, timeout: float = 60.0) -> Host:
        started.append(Isolated(name, timeout))
        return started[-1]

    yield start
    for one in started:
        one.close()
    backend_registry.registered.cache_clear()
    assert multiprocessing.active_children() == []


def case(size: int) -> Case:
    return Case(registry.get("exp"), "float32", (np.ones(size, np.float32),))


def test_an_isolated_backend_does_what_it_does_in_process(host: Any) -> None:
    isolated, here = host("numpy"), InProcess(backend_registry.load("numpy"))
    assert isolated.capabilities == here.capabilities
    np.testing.assert_array_equal(isolated.run(case(3)).outputs, here.run(case(3)).outputs)
    for op, dtype in (("exp", "float32"), ("exp", "float8"), ("none", "float32")):
        assert isolated.unsupported(op, dtype) == here.unsupported(op, dtype)


@pytest.mark.parametrize(
    ("backend", "timeout", "verdict", "message"),
    [
        ("crashing", 60, "crash", "the worker was ended by SIGSEGV"),
        ("leaving", 60, "crash", "the worker ended with exit code 7"),
        ("hanging", 1, "hang", "no answer within 1 s"),
    ],
)
def test_what_ends_the_worker_costs_one_case(
    host: Any, backend: str, timeout: float, verdict: str, message: str
) -> None:
    isolated = host(backend, timeout)
    outcome = isolated.run(case(1))
    assert (outcome.verdict, outcome.message) == (verdict, message)
    if backend != "leaving":
        (output,) = isolated.run(case(2)).outputs
        np.testing.assert_array_equal(output, np.exp(np.ones(2, np.float32)))


def test_the_run_goes_on_after_a_crash(host: Any, cache: Cache) -> None:
    host("crashing").close()
    session = Session(["crashing"], Settings(0, 5), isolate=True, cache=cache)
    results = session.run_all(_tests("exp-float32", "tanh-float32-random"))
    verdicts = [r.verdict for r in results]
    session.close()
    assert verdicts[-1] == "pass"
    assert "crash" in verdicts[:-1]


def test_a_device_that_is_lost_does_not_end_the_run(
    host: Any, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the crash no worker starts any more: what is left is unavailable, not a pass."""
    monkeypatch.chdir(tmp_path)
    session = Session(["lost"], Settings(0, 5), isolate=True, cache=cache)
    results = list(session.run_all(_tests("exp-float32-shapes", "tanh-float32-random")))
    session.close()
    assert [r.verdict for r in results] == ["crash", "unavailable"]
    assert "lost after a crash or hang" in results[1].message


def test_a_crash_has_a_reproducer(host: Any, cache: Cache) -> None:
    host("crashing").close()
    session = Session(["crashing"], Settings(0, 5), isolate=True, cache=cache)
    (result,) = session.run_all(_tests("exp-float32-shapes"))
    session.close()
    assert result.verdict == "crash"
    assert 'reproduce("crashing", "exp", "float32"' in result.reproducer


def _tests(*ids: str) -> Any:
    return [t for t in all_tests() if any(t.id.startswith(name) for name in ids)]


@pytest.mark.parametrize(
    ("backend", "says"),
    [
        ("mute", "no device: buy one"),
        ("broken", "the broken backend does not start: RuntimeError: driver 3 is too old"),
        ("dying", "dying: the worker did not start: the worker was ended by SIGSEGV"),
    ],
)
def test_a_worker_that_does_not_start_is_unavailable(host: Any, backend: str, says: str) -> None:
    with pytest.raises(UnavailableError, match=says) as refused:
        host(backend)
    assert "\n" not in str(refused.value)


def test_an_unknown_backend_is_refused_with_the_nearest_name(host: Any) -> None:
    with pytest.raises(UnknownBackendError, match="did you mean numpy"):
        host("numpi")


def test_an_exception_that_can_not_be_sent_is_an_error_all_the_same(host: Any) -> None:
    outcome = host("unpicklable").run(case(1))
    assert (outcome.verdict, outcome.message) == ("error", "Own: odd")


def test_a_backend_may_print(host: Any) -> None:
    assert host("chatty").run(case(1)).verdict is None


def test_a_backend_that_raises_at_import_is_unavailable(
    vendor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder: Path = vendor(late="")
    (folder / "vendor_late.py").write_text("import a_driver_that_is_not_there\n")
    monkeypatch.syspath_prepend(folder)
    backend_registry.registered.cache_clear()
    for start in (backend_registry.load, lambda name: Isolated(name, 9)):
        with pytest.raises(UnavailableError, match="a_driver_that_is_not_there"):
            start("late")
    backend_registry.registered.cache_clear()


def test_a_wrong_device_is_said_in_one_line() -> None:
    for start in (backend_registry.load, lambda spec: Isolated(spec, 9)):
        with pytest.raises(UnavailableError, match="has the device cpu only, not 'gpu'"):
            start("numpy:gpu")


def test_a_backend_that_fails_now_and_then_fails(faulty: Any, judged: Any) -> None:
    calls = []

    def unsteady(x: Any) -> Any:
        calls.append(x)
        return np.exp(x) * (len(calls) % 3 > 0)

    (result,) = judged(faulty({"exp": unsteady}), "exp-float32-random")
    assert result.verdict == "fail"


def test_a_lost_device_costs_one_case_where_the_backend_is_isolated(host: Any) -> None:
    asserting = host("asserting")
    assert [asserting.run(case(n)).verdict for n in (2, 1, 3, 1)] == [
        "error",
        "crash",
        None,
        "crash",
    ]


def test_a_lost_device_is_unavailable_from_then_on_in_this_process(host: Any) -> None:
    here = InProcess(backend_registry.load("asserting"))
    assert [here.run(case(n)).verdict for n in (2, 3, 1, 3)] == [
        "error",
        None,
        "crash",
        "unavailable",
    ]
    assert "--isolate" in here.run(case(3)).message

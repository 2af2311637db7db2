"""Backends made for a test: the NumPy backend with ops replaced, a vendor's installed package."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tensorcts.backends import registry as backend_registry
from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.checks import Test, all_tests
from tensorcts.conformance.reproduce import run_file
from tensorcts.conformance.runner import Settings
from tensorcts.conformance.session import Session
from tensorcts.reports.records import Result

Replaced = Mapping[str, Callable[..., Any]]


class FaultyBackend(NumpyBackend):
    """The NumPy backend with some ops replaced."""

    name = "faulty"

    def __init__(self, replaced: Replaced) -> None:
        super().__init__()
        self._ops = {**OPS, **replaced}

    @property
    def ops(self) -> Replaced:
        return self._ops


class EntryPoint:
    """What an installed package's entry point is to the registry."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def load(self) -> Any:
        return lambda device: self._backend


def named(test_id: str) -> list[Test]:
    """The tests of an id: softmax-float32 stands for all its checks."""
    found = [t for t in all_tests() if f"{t.id}-".startswith(f"{test_id}-")]
    assert found, f"there is no test {test_id}"
    return found


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def cache(cache_folder: Path) -> Cache:
    return Cache(cache_folder)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Callable[[Replaced], str]:
    """Register a backend with the ops replaced; gives its name."""

    def register(replaced: Replaced) -> str:
        points = {**backend_registry.registered(), "faulty": EntryPoint(FaultyBackend(replaced))}
        monkeypatch.setattr(backend_registry, "registered", lambda: points)
        return "faulty"

    return register


@pytest.fixture
def judged(cache: Cache) -> Callable[..., list[Result]]:
    """Run the tests of some ids on a backend."""

    def run(backend: str, *ids: str, seed: int = 0, examples: int = 20) -> list[Result]:
        session = Session([backend], Settings(seed, examples), cache=cache)
        return [session.run(test, backend) for name in ids for test in named(name)]

    return run


@pytest.fixture
def rerun(tmp_path: Path) -> Callable[[str], Any]:
    """Run a reproducer's script; gives what it exits with."""

    def run(script: str) -> Any:
        path = tmp_path / "reproducer.py"
        path.write_text(script, encoding="utf-8")
        with pytest.raises(SystemExit) as end:
            run_file(path)
        return end.value.code

    return run


@pytest.fixture
def vendor(tmp_path: Path) -> Callable[..., Path]:
    """Install a package that registers backends: the NumPy backend, each with a body of its own.

    ``vendor(mine="...")`` gives the folder that has to be on ``sys.path``.
    """

    def install(**bodies: str) -> Path:
        folder = tmp_path / "vendor"
        info = folder / "vendor-1.0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vendor\nVersion: 1.0\n")
        points = [f"{name} = vendor_{name}:Mine" for name in bodies]
        (info / "entry_points.txt").write_text("\n".join(["[tensorcts.backends]", *points]))
        for name, body in bodies.items():
            (folder / f"vendor_{name}.py").write_text(PREAMBLE + textwrap.indent(body, "    "))
        return folder

    return install


PREAMBLE = """\
import ctypes, time
import numpy as np
from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.backends.protocol import UnavailableError

class Mine(NumpyBackend):
    name = "mine"

    def __init__(self, device=None):
        super().__init__()

    @property
    def ops(self):
        return {**OPS, **self.replaced()}

    def replaced(self):
        return {}

"""


@pytest.fixture
def command(cache_folder: Path, tmp_path: Path) -> Callable[..., Any]:
    """Run a Python command line in an empty folder, with a vendor's package where one is given."""

    def run(*arguments: str, path: Path | None = None, timeout: float = 600) -> Any:
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=environment(cache_folder, path),
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    return run


@pytest.fixture
def command_environment(cache_folder: Path) -> dict[str, str]:
    return environment(cache_folder, None)


def environment(cache_folder: Path, path: Path | None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
    extra = {"TENSORCTS_CACHE": str(cache_folder)}
    return {**kept, **extra, **({"PYTHONPATH": str(path)} if path else {})}

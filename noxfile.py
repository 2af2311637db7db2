"""All checks by one command: ``nox`` in an environment with ``pip install -e '.[dev]'``."""

import sys
import tempfile
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests", "conformance", "wheel"]
here = nox.session(venv_backend="none")

SOME = [f"--dtype={name}" for name in ("float32", "bfloat16", "int32", "bool", "complex64")]
"""Dtypes that have code of their own each, for a run that is not to take long."""


@here
def lint(session: nox.Session) -> None:
    """Style, formatting and the direction of imports."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@here
def types(session: nox.Session) -> None:
    """mypy, strict."""
    session.run("mypy")


@here
def tests(session: nox.Session) -> None:
    """The project's own tests; property tests with the same examples each time and no deadline."""
    session.run("pytest", "-n", "2", "--hypothesis-profile=ci", *session.posargs)


@here
def conformance(session: nox.Session) -> None:
    """The suite on the backends named; on none, on numpy, and on opencl in some dtypes."""
    # On a CPU nearly all the time of a first run goes into compiling kernels that run a few times.
    env = {"PYOPENCL_BUILD_OPTIONS": "-cl-opt-disable"}
    chosen = {name: [] for name in session.posargs} or {"numpy": [], "opencl": SOME}
    for backend, dtypes in chosen.items():
        session.run("pytest", f"--backend={backend}", *dtypes, "-q", "-n", "2", env=env)


@here
def wheel(session: nox.Session) -> None:
    """The wheel, installed cleanly, judges a backend on its own."""
    with tempfile.TemporaryDirectory() as folder:
        session.run(sys.executable, "-m", "build", "--outdir", folder, ".")
        session.run(sys.executable, "-m", "venv", f"{folder}/venv")
        python = f"{folder}/venv/bin/python"
        (built,) = Path(folder).glob("*.whl")
        session.run(python, "-m", "pip", "install", "-q", str(built), external=True)
        session.chdir(folder)
        suite = ["--pyargs", "tensorcts.conformance", "--backend=numpy", "-k", "softmax", "-q"]
        session.run(python, "-m", "pytest", *suite, external=True)
        session.run(f"{folder}/venv/bin/tensorcts", "backends", external=True)

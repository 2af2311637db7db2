"""Imports run one way, and no backend's name stands in what judges backends."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BACKENDS = {"numpy", "opencl", "torch", "cuda", "cupy", "pyopencl", "jax", "mlx", "tinygrad",
            "onnxruntime"}  # fmt: skip
MAY_SAY_NUMPY = {"numpy"}  # the array library itself is what the suite is written in
ON_A_GPU = ROOT / "conformance" / "precision" / "gpu"  # is written in CuPy, as the rest in NumPy
PROFILE = {"opencl"}  # the name of a tolerance profile, after the standard it comes from


@pytest.mark.skipif(
    importlib.util.find_spec("importlinter") is None, reason="import-linter is not installed"
)
def test_the_contracts_of_the_layers_are_kept() -> None:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter is not None
    ended = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


def judging() -> list[Path]:
    folders = (ROOT / "conformance", ROOT / "tolerances")
    apart = {ROOT / "conformance" / name for name in ("models", "faults")}  # faults are backends
    return [p for f in folders for p in sorted(f.rglob("*.py")) if not apart & {*p.parents}]


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Identifiers, imported modules and strings of a module, its docstrings left out."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    texts = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=found):
                yield from ((node.lineno, alias.name.partition(".")[0]) for alias in found)
            case ast.ImportFrom(module=str(module)):
                yield from ((node.lineno, part) for part in module.split("."))
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield node.lineno, name
            case ast.Constant(value=str(text)) if id(node) not in texts:
                yield node.lineno, text


@pytest.mark.parametrize("path", judging(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_backend_is_named_where_backends_are_judged(path: Path) -> None:
    banned = BACKENDS - MAY_SAY_NUMPY - PROFILE - ({"cupy"} if ON_A_GPU in path.parents else set())
    found = [
        f"line {line}: {name}"
        for line, name in names(ast.parse(path.read_text("utf-8")))
        if name.lower() in banned or name in ("numpy_native", "torch_eager")
    ]
    assert found == []


def test_reports_need_none_of_the_rest() -> None:
    """A record can be read and rendered without NumPy."""
    script = (
        "import sys, tensorcts.reports.records, tensorcts.reports.totals\n"
        "assert not {'numpy', 'scipy', 'mpmath', 'hypothesis'} & set(sys.modules), 'heavy'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

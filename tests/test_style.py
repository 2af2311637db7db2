"""What the style page asks for and a linter can't say: sizes, literal defs, no hidden modules."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from tensorcts.reference.registry import Op, all_ops

ROOT = Path(__file__).parents[1]
FOLDERS = ("reference", "backends", "conformance", "tolerances", "reports", "tests")
SOURCES = [p for folder in FOLDERS for p in sorted((ROOT / folder).rglob("*.py"))]
LONGER: dict[str, str] = {}
"""Files of more than 300 lines, each with its reason."""

DOCUMENTED = ("Source:",)
LINES = 20


def test_no_file_is_longer_than_300_lines() -> None:
    long = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if len(path.read_text("utf-8").splitlines()) > 300
    }
    assert long == set(LONGER)


def test_lines_end_in_a_newline_and_hold_no_tabs() -> None:
    for path in SOURCES:
        text = path.read_text("utf-8")
        assert not text or text.endswith("\n"), path
        assert "\t" not in text, path


@pytest.mark.parametrize("op", list(all_ops()), ids=lambda op: op.name)
def test_every_op_is_a_literal_def_in_its_family(op: Op) -> None:
    path = Path(inspect.getsourcefile(inspect.unwrap(op.function)) or "")
    assert path.stem == op.family
    definitions = [
        node.name
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    ]
    assert definitions.count(op.name) == 1


@pytest.mark.parametrize("op", list(all_ops()), ids=lambda op: op.name)
def test_every_op_has_a_docstring_of_the_fixed_form(op: Op) -> None:
    first = op.text.splitlines()[0]
    assert first == first.strip() and first
    assert len(op.text.splitlines()) <= LINES, op.name
    for label in DOCUMENTED:
        assert label in op.text, f"{op.name} has no {label}"
    assert ("Gradient:" in op.text) or not op.differentiable, op.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_hidden_definitions(path: Path) -> None:
    """No module __getattr__, no exec but of a reproducer, no import of everything."""
    tree = ast.parse(path.read_text("utf-8"))
    module_level = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert "__getattr__" not in module_level
    calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call)
             and isinstance(n.func, ast.Name)}  # fmt: skip
    assert not calls & {"exec", "eval"} or path.name == "reproduce.py"
    stars = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.names[0].name == "*"]
    assert stars == []


WIDER_THAN_FLOAT64 = {"longdouble", "clongdouble", "float96", "float128", "complex256"}
"""What they are depends on the platform: no truth may hang on them."""


@pytest.mark.parametrize("folder", ["reference", "tolerances", "conformance"])
def test_no_platform_long_double(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        names = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        names |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        assert not names & WIDER_THAN_FLOAT64, path

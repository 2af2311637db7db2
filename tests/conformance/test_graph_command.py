"""``tensorcts graph``: the graph of every differentiable op, in three forms."""

from __future__ import annotations

import io
import json

import pytest
from click.testing import CliRunner
from rich.console import Console

from tensorcts.conformance import graphs
from tensorcts.conformance.cli import main
from tensorcts.reference.registry import Op, all_ops

DIFFERENTIABLE = [pytest.param(o, id=o.name) for o in all_ops() if o.differentiable]


@pytest.mark.parametrize("op", DIFFERENTIABLE)
def test_every_differentiable_op_has_a_graph(op: Op) -> None:
    found = graphs.of(op.name)
    assert found.outputs and found.steps
    out = io.StringIO()
    graphs.print_tree(found, Console(file=out, width=1000))
    assert all(f"{n}: {step.name}" in out.getvalue() for n, step in enumerate(found.steps))


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["graph", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_tree_with_shapes_names_what_is_shared_once_more() -> None:
    assert run("log_softmax").splitlines() == [
        "5: subtract 2×3",
        "├── 1: subtract 2×3",
        "│   └── 0: input 0 2×3",
        "└── 4: log 2×1",
        "    └── 3: sum 2×1",
        "        └── 2: exp 2×3",
        "            └── 1: subtract 2×3 (above)",
    ]


def test_json_and_dot() -> None:
    found = json.loads(run("multiply", "--format", "json"))
    assert found["outputs"] == [2]
    assert found["steps"][2] == {"name": "multiply", "shape": [2, 3], "parents": [0, 1]}
    dot = run("multiply", "--format", "dot")
    assert dot.startswith('digraph "multiply" {') and "  n0 -> n2;\n  n1 -> n2;" in dot


def test_what_has_no_graph_is_told() -> None:
    result = CliRunner().invoke(main, ["graph", "argmax"])
    assert result.exit_code == 2
    assert "op 'argmax' carries no gradient, it has no graph" in result.output

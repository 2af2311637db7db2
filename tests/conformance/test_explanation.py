"""The page on one op: what it says follows from the definition, its sampler and the tables."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from tensorcts.conformance import checks, explanation
from tensorcts.reference import registry
from tensorcts.reference.registry import UnknownOpError
from tensorcts.tolerances.budgets import TableError

OPS = [op.name for op in registry.all_ops()]


def printed(page: dict[str, Any], width: int = 200) -> str:
    console = Console(file=io.StringIO(), width=width)
    explanation.print_page(page, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("name", OPS[::14])
def test_a_page_speaks_of_its_op(name: str) -> None:
    op = registry.get(name)
    page = explanation.of(name, "opencl")
    assert page["definition"].startswith(f"def {name}(")
    assert '"""' not in page["definition"]
    assert page["signature"].startswith(f"{name}(")
    assert list(page["rules"]) == page["dtypes"] == list(op.dtypes)
    assert page["checks"] == list(checks.checks_of(op, checks.usual_dtype(op)))
    assert all(page["text"].values())
    assert "Source" in page["text"]


@pytest.mark.parametrize("name", OPS[::14])
def test_every_part_of_the_text_is_under_its_label(name: str) -> None:
    """Nothing is lost between the docstring and the page."""
    text = registry.get(name).text.partition("\n\n")[2]
    paragraphs = explanation.of(name, "opencl")["text"]
    again = " ".join(f"{label}: {body}" if label else body for label, body in paragraphs.items())
    assert again.split() == text.split()


def test_what_the_definition_computes_is_shown_whole() -> None:
    page = explanation.of("relu", "opencl")
    assert page["definition"].splitlines()[-1].strip().startswith("return ")
    assert "@op" not in page["definition"]


def test_the_rule_is_that_of_the_profile() -> None:
    tight, loose = (explanation.of("exp", p)["rules"]["float32"] for p in ("tight", "opencl"))
    assert tight != loose
    assert "at most" in tight
    assert "at most" in loose
    assert explanation.of("relu", "tight")["rules"] == explanation.of("relu", "opencl")["rules"]


def test_an_op_with_choices_lists_their_options_the_default_first() -> None:
    (choice,) = (
        c for c in explanation.of("topk", "opencl")["choices"] if c["trait"] == "topk_ties"
    )
    assert choice["options"] == ["any", "first"]
    assert choice["default"] == "any"
    assert "Trait topk_ties" in printed(explanation.of("topk", "opencl"))


@pytest.mark.parametrize(("name", "gradient"), [("exp", "by reverse mode"), ("floor", "none")])
def test_the_page_says_whether_there_is_a_gradient(name: str, gradient: str) -> None:
    lines = [line.strip() for line in printed(explanation.of(name, "opencl")).splitlines()]
    assert lines[lines.index("Gradient") + 1] == f"{gradient} (see the text above)"


def test_the_page_has_every_section_in_order() -> None:
    lines = [line.strip() for line in printed(explanation.of("layer_norm", "opencl")).splitlines()]
    heads = ["Definition", "Dtypes", "Gradient", "Cases", "Tolerance, profile opencl"]
    places = [lines.index(head) for head in heads]
    assert places == sorted(places)
    assert lines[0].startswith("layer_norm")
    assert any("random (drawn by Hypothesis)" in line for line in lines)


def test_brackets_are_no_markup() -> None:
    """The constraint on an axis, in [-n, n), must not vanish as a style."""
    assert "[-n, n)" in printed(explanation.of("argmax", "opencl"))


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownOpError, match="softmax"):
        explanation.of("softmx", "opencl")
    with pytest.raises(TableError, match="loose"):
        explanation.of("exp", "loose")

"""One page about one op: semantics, dtypes, gradient, cases and tolerance rule."""

from __future__ import annotations

import inspect
import re
import textwrap
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from tensorcts.conformance import catalogue, checks
from tensorcts.conformance.samplers import all_samplers
from tensorcts.reference import registry
from tensorcts.reference.registry import Op
from tensorcts.tolerances import rules
from tensorcts.tolerances.model import NoiseModel


def of(name: str, profile: str) -> dict[str, Any]:
    """All there is to know about an op; raises UnknownOpError."""
    op = registry.get(name)
    sampler = all_samplers()[op.name]
    return {
        "name": op.name,
        "family": op.family,
        "signature": f"{op.name}{op.signature}",
        "summary": op.summary,
        "text": _paragraphs(op.text.partition("\n\n")[2]),
        "definition": _body(op),
        "dtypes": list(op.dtypes),
        "result": op.result,
        "differentiable": op.differentiable,
        "choices": [
            {"trait": c.trait, "text": c.text, "options": list(c.options), "default": c.default}
            for c in op.choices
        ],
        "checks": list(checks.checks_of(op, checks.usual_dtype(op))),
        "sampler": inspect.cleandoc(sampler.__doc__ or ""),
        "cases": catalogue.cases(op),
        "profile": profile,
        "rules": {dtype: _rule(op, dtype, profile) for dtype in op.dtypes},
    }


def print_page(page: dict[str, Any], console: Console) -> None:
    """Print the page."""
    console.print(f"[bold]{page['name']}[/bold]  ({page['family']})", highlight=False)
    console.print(page["summary"], highlight=False, markup=False)
    console.print()
    text = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for label, paragraph in page["text"].items():
        text.add_row(Text(label), Text(paragraph))
    console.print(text)
    console.print()
    _section(
        console, "Definition", Syntax(page["definition"], "python", background_color="default")
    )
    _section(console, "Dtypes", f"{', '.join(page['dtypes'])}; result: {page['result']}")
    gradient = "by reverse mode" if page["differentiable"] else "none"
    _section(console, "Gradient", f"{gradient} (see the text above)")
    for choice in page["choices"]:
        options = ", ".join(choice["options"])
        _section(console, f"Trait {choice['trait']}", f"{choice['text']}: {options}")
    cases = ", ".join(f"{name} ({count})" for name, count in page["cases"].items())
    _section(console, "Cases", f"{page['sampler']}\n{cases}, random (drawn by Hypothesis)")
    table = Table(box=None, pad_edge=False, show_header=False)
    for dtype, rule in page["rules"].items():
        table.add_row(dtype, rule)
    _section(console, f"Tolerance, profile {page['profile']}", table)


def _section(console: Console, title: str, body: Any) -> None:
    console.print(f"[bold]{title}[/bold]", highlight=False)
    if isinstance(body, Syntax) and not console.is_terminal:
        console.out(textwrap.indent(body.code, "  "), highlight=False)  # lines as they are
        return
    console.print(Padding(body, (0, 2)), highlight=False, markup=False)


def _rule(op: Op, dtype: str, profile: str) -> str:
    model = NoiseModel.of(dtype, profile=profile)
    return rules.rule_for(op, op.result_dtype(dtype, {"dtype": dtype}), model).text


def _paragraphs(text: str) -> dict[str, str]:
    """The labelled paragraphs of a specification: Semantics, Constraints, Special values, …"""
    found: dict[str, str] = {}
    label = ""
    for line in text.splitlines():
        if match := re.match(r"([A-Z][a-z ]+): +(.*)", line):
            label, line = match.groups()
        found[label] = f"{found.get(label, '')} {line.strip()}".strip()
    return found


def _body(op: Op) -> str:
    """The definition without decorator and docstring."""
    source = inspect.getsource(op.function)
    source = source[source.index("def ") :]
    return re.sub(r'\n    """.*?"""', "", source, count=1, flags=re.S).rstrip()

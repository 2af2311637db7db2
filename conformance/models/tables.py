"""What was found of a model, as a table for the terminal and as plain data for JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tensorcts.conformance.models.judging import Finding, Judgement, LayerFinding
from tensorcts.conformance.models.minilm import Batch, Sentence
from tensorcts.conformance.models.stacks import Stack

STYLES = {"pass": "green", "fail": "red", "error": "red", "vacuous": "cyan", "unsupported": "dim"}

LEGEND = (
    "ulp: the worst element, mostly one next to zero; rms: all, in ulps of the layer's own rms; "
    "z: |got - truth|/(σ + ½ ulp)"
)


# -- Numbers ---------------------------------------------------------------------------------------


def similarity(embeddings: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cosine of the angle between any two rows."""
    unit = _unit(embeddings)
    matrix: NDArray[np.float64] = unit @ unit.T
    return matrix


def cosine_errors(got: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - cos of the angle between each row and its truth, without the cancellation."""
    errors: NDArray[np.float64] = np.sum((_unit(got) - _unit(truth)) ** 2, axis=1) / 2
    return errors


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):  # a backend's rows may be anything
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def data(stack: Stack, batch: Batch, judgements: Sequence[Judgement]) -> dict[str, Any]:
    """All of it, in JSON's types; a number that is not finite is null."""
    return {
        "model": stack.name,
        "dtype": stack.dtype,
        "sentences": [vars(sentence) for sentence in batch.sentences],
        "backends": [_judgement(one) for one in judgements],
    }


def _judgement(found: Judgement) -> dict[str, Any]:
    return {
        "backend": found.backend,
        "device": found.capabilities.device,
        "versions": dict(found.capabilities.versions),
        "verdict": found.verdict,
        "message": found.message,
        "noise": str(found.model),
        "layers": [
            {"layer": one.layer, "shape": list(one.shape), "step": _finding(one.step),
             "drift": _finding(one.drift)}
            for one in found.layers
        ],
        "embeddings": _embeddings(found),
    }  # fmt: skip


def _finding(found: Finding) -> dict[str, Any]:
    comparison = found.comparison
    return {
        "verdict": comparison.outcome,
        "message": comparison.message,
        "ulp": _finite(comparison.ulp),
        "rms": _finite(found.rms),
        "z": _finite(comparison.z),
        "count": comparison.count,
        "vacuous": comparison.vacuous,
        "index": None if comparison.index is None else list(comparison.index),
        "got": comparison.got,
        "truth": comparison.truth,
        "allowed": comparison.allowed,
    }


def _embeddings(found: Judgement) -> dict[str, Any] | None:
    if found.got is None or found.truth is None:
        return None
    got, truth = similarity(found.got), similarity(found.truth)
    return {
        "similarity": [[_finite(x) for x in row] for row in got.tolist()],
        "truth": [[_finite(x) for x in row] for row in truth.tolist()],
        "worst_similarity_error": _finite(float(np.max(np.abs(got - truth)))),
        "worst_cosine_error": _finite(float(np.max(cosine_errors(found.got, found.truth)))),
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


# -- The terminal ----------------------------------------------------------------------------------


def show(stack: Stack, batch: Batch, found: Judgement, console: Console) -> None:
    """Print what was found of one backend."""
    console.print(
        f"[bold]{stack.name}[/] · {stack.dtype} · {found.backend} on "
        f"{escape(found.capabilities.device)}: {_styled(found.verdict)}",
        highlight=False,
        soft_wrap=True,
    )
    if found.message:
        console.print(f"  {escape(found.message)}", highlight=False, soft_wrap=True)
    if found.layers:
        console.print(_layers(found.layers))
        console.print(f"[dim]{LEGEND}[/]", highlight=False, soft_wrap=True)
    for line in _failures(found.layers):
        console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)
    _show_embeddings(batch.sentences, found, console)


def _layers(layers: Sequence[LayerFinding]) -> Table:
    table = Table(box=None, pad_edge=False)
    headings = ("layer", "shape", "step", "ulp", "rms", "z", "drift", "ulp", "rms", "z")
    for heading in headings:
        table.add_column(heading, justify="right" if heading in ("ulp", "rms", "z") else "left")
    for one in layers:
        shape = "×".join(map(str, one.shape))
        table.add_row(one.layer, shape, *_cells(one.step), *_cells(one.drift))
    return table


def _cells(found: Finding) -> tuple[str, ...]:
    numbers = (found.comparison.ulp, found.rms, found.comparison.z)
    return _styled(found.comparison.outcome), *(_number(x) for x in numbers)


def _number(x: float | None) -> str:
    """A number in three digits, short enough for a column."""
    if x is None:
        return "-"
    if 1e4 <= x < np.inf:
        mantissa, exponent = f"{x:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


def _styled(verdict: str) -> str:
    return f"[{STYLES.get(verdict, 'red')}]{verdict}[/]"


def _failures(layers: Sequence[LayerFinding]) -> list[str]:
    """For each comparison that failed what its worst element is."""
    lines = []
    for one in layers:
        for kind, found in (("step", one.step.comparison), ("drift", one.drift.comparison)):
            if found.outcome != "fail":
                continue
            where = f"{one.layer}, {kind}: {found.message}"
            if found.index is not None:
                where += (f"; worst at {found.index}: got {found.got}, truth {found.truth}, "
                          f"off by {found.ulp:.3g} ulp, allowed {found.allowed}")  # fmt: skip
            lines.append(where)
    return lines


def _show_embeddings(sentences: Sequence[Sentence], found: Judgement, console: Console) -> None:
    facts = _embeddings(found)
    if facts is None:
        return
    table = Table(box=None, pad_edge=False, title_justify="left", title="cosine similarity")
    table.add_column("")
    table.add_column("sentence", max_width=34, no_wrap=True, overflow="ellipsis")
    for i in range(len(sentences)):
        table.add_column(str(i + 1), justify="right")
    for i, (sentence, row) in enumerate(zip(sentences, facts["similarity"], strict=True)):
        text = escape(" ".join(sentence.text.split()))
        text = f"(cut) {text}" if sentence.truncated else text
        cells = ("-" if x is None else f"{x:.2f}" for x in row)
        table.add_row(str(i + 1), text, *cells)
    console.print(table, highlight=False)
    errors = (facts["worst_similarity_error"], facts["worst_cosine_error"])
    pair, single = ("not finite" if x is None else f"{x:.2g}" for x in errors)
    console.print(
        f"off from the reference: similarities by at most {pair}, "
        f"an embedding's 1 - cos at most {single}",
        highlight=False,
        soft_wrap=True,
    )

"""Inspection: the graph of a computation as a list, to look at and to draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tensorcts.reference.autodiff.nodes import Node, ordered
from tensorcts.reference.autodiff.reverse import traced
from tensorcts.reference.autodiff.traced import Traced
from tensorcts.reference.autodiff.trees import leaves


@dataclass(frozen=True)
class Step:
    """An array of a computation: what computed it, its shape, and the places of its parents.

    An argument that is used twice is a parent twice. An input is called ``input 0``, ``input 1``, …
    by its place among the primals.
    """

    name: str
    shape: tuple[int, ...]
    parents: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """The steps, each after all of its parents, and the places of the outputs among them.

    What no output depends on is not in it, nor what carries no gradient.
    """

    steps: tuple[Step, ...]
    outputs: tuple[int, ...]


def graph(function: Callable[..., Any], *primals: Any) -> Graph:
    """The graph of ``function(*primals)``."""
    inputs, results, level = traced(function, primals)
    names = {x.node: f"input {n}" for n, x in enumerate(leaves(inputs)) if _is_of(level, x)}
    outputs = [output.node for output in leaves(results) if _is_of(level, output)]
    nodes = ordered(outputs)[::-1]
    place = {node: n for n, node in enumerate(nodes)}
    names |= {node: _name(node) for node in nodes if node.parents}
    steps = (Step(names[n], n.shape, tuple(place[p] for p in n.parents)) for n in nodes)
    return Graph(tuple(steps), tuple(place[node] for node in outputs))


def _name(node: Node) -> str:
    return getattr(node.function, "__name__", str(node.function))


def _is_of(level: int, x: Any) -> bool:
    return isinstance(x, Traced) and x.level == level

"""The graph that reverse mode walks for an op: as a tree, as JSON, as DOT."""

from __future__ import annotations

from rich.console import Console
from rich.tree import Tree

from tensorcts.conformance import checks
from tensorcts.conformance.catalogue import SAMPLE_SHAPE
from tensorcts.conformance.checks import Test
from tensorcts.reference import dtypes, registry
from tensorcts.reference.autodiff.graphs import Graph, Step, graph


class NoGraphError(LookupError):
    """The op carries no gradient, so nothing remembers how it is computed."""


def of(name: str) -> Graph:
    """The graph of an op for a small sample; raises UnknownOpError or NoGraphError."""
    op = registry.get(name)
    if not op.differentiable:
        raise NoGraphError(f"op {name!r} carries no gradient, it has no graph")
    dtype = next(d for d in op.dtypes if dtypes.is_inexact(d))
    case = checks.curated(Test(op, dtype, "shapes"), SAMPLE_SHAPE)
    arrays = [None if a is None else dtypes.widen(a) for a in case.arrays]
    attrs = {n: dtype if n == "dtype" else value for n, value in case.attrs.items()}
    return graph(lambda *x: op.function(*x, **attrs), *arrays)


def print_tree(found: Graph, console: Console) -> None:
    """Print what each output is computed from; what stands already is only named again."""
    seen: set[int] = set()
    for output in found.outputs:
        root = Tree(_label(found, output), highlight=False)
        waiting = [(root, output)]
        while waiting:
            branch, place = waiting.pop()
            if place not in seen:
                seen.add(place)
                parents = found.steps[place].parents
                waiting += [(branch.add(_label(found, p, p in seen)), p) for p in parents][::-1]
        console.print(root, highlight=False, markup=False)


def _label(found: Graph, place: int, again: bool = False) -> str:
    step = found.steps[place]
    return f"{place}: {_title(step)}{' (above)' if again and step.parents else ''}"


def _title(step: Step) -> str:
    return f"{step.name} {'×'.join(map(str, step.shape)) or 'scalar'}"


def dot(found: Graph, name: str) -> str:
    """The graph in Graphviz's language, arrows from what is used to what uses it."""
    nodes = [f'  n{n} [label="{_title(step)}"];' for n, step in enumerate(found.steps)]
    edges = [f"  n{p} -> n{n};" for n, step in enumerate(found.steps) for p in step.parents]
    return "\n".join([f'digraph "{name}" {{', *nodes, *edges, "}"])

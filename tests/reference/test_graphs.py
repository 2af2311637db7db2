"""Graphs: their steps, their order, their life."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from tensorcts.reference.autodiff.graphs import Step, graph
from tensorcts.reference.autodiff.reverse import grad, traced, vjp


def test_the_graph_of_a_diamond() -> None:
    def diamond(x: Any, y: Any) -> Any:
        z = np.exp(x)
        return z * np.sum(z), y

    found = graph(diamond, np.ones(3), 1.0)
    assert found.outputs == (4, 1)
    assert found.steps == (
        Step("input 0", (3,), ()),
        Step("input 1", (), ()),
        Step("exp", (3,), (0,)),
        Step("sum", (), (2,)),
        Step("multiply", (3,), (2, 3)),
    )


def test_only_what_the_outputs_depend_on_is_in_it() -> None:
    def wasteful(x: Any, i: Any, unused: Any) -> Any:
        np.sin(x)
        return (x + np.floor(x)) * i

    found = graph(wasteful, np.ones(2), np.arange(2), np.ones(5))
    assert [step.name for step in found.steps] == ["input 0", "add", "multiply"]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=30))
def test_every_step_comes_after_its_parents(edges: list[tuple[int, int]]) -> None:
    def random_sums(x: Any) -> Any:
        made = [x]
        for a, b in edges:
            made.append(made[a % len(made)] + made[b % len(made)])
        return made[-1]

    found = graph(random_sums, 1.0)
    assert all(p < n for n, step in enumerate(found.steps) for p in step.parents)
    assert grad(random_sums)(1.0) == random_sums(1.0), "a sum is linear"


def test_a_deep_chain_and_a_wide_fan() -> None:
    """Neither the order nor the end of a graph goes by recursion."""

    def deep(x: Any) -> Any:
        for _ in range(20_000):
            x = x + 1.0
        return x

    assert grad(deep)(0.0) == 1
    assert grad(lambda x: sum([x] * 5_000, start=0.0))(1.0) == 5_000


def test_a_graph_ends_with_its_last_user_without_a_collector() -> None:
    gc.disable()
    try:
        (x,), result, _ = traced(lambda x: np.sum(np.exp(x)), (np.ones(3),))
        node, parent = weakref.ref(result.node), weakref.ref(result.node.parents[0])
        del result
        assert node() is None and parent() is None and x.node is not None
        value, pullback = vjp(np.exp, np.ones(3))
        cell = weakref.ref(pullback)
        del pullback
        assert cell() is None and value.shape == (3,)
    finally:
        gc.enable()

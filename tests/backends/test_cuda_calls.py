"""The CUDA backend's calls without a GPU: what they name exists, what they check is checked."""

from __future__ import annotations

import ast
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest

cupy = pytest.importorskip("cupy")
cupyx = pytest.importorskip("cupyx.scipy.sparse") and pytest.importorskip("cupyx")

from tensorcts.backends import cuda  # noqa: E402
from tensorcts.backends.cuda import randoms, reductions, scattering  # noqa: E402
from tensorcts.backends.cuda.table import OPS  # noqa: E402
from tensorcts.backends.protocol import UnsupportedError  # noqa: E402

X, MANY, INDEX = np.ones((2, 3)), np.ones((2, 3, 4)), np.zeros((2, 3), int)
REFUSED: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("searchsorted", (X[0], X), {"side": "middle"}),
    ("embedding", (MANY, INDEX), {}),
    ("bernoulli", (), {"shape": (2,), "p": 1.5, "seed": 0}),
    ("bernoulli", (), {"shape": (2,), "p": -0.5, "seed": 0}),
    ("randperm", (), {"n": -1, "seed": 0}),
    ("quantile", (X,), {"q": 0.5, "axis": 2, "keepdims": False}),
    ("quantile", (X[:0],), {"q": 0.5, "axis": 0, "keepdims": False}),
    ("scatter_reduce", (INDEX, INDEX, INDEX),
     {"axis": 0, "reduction": "mean", "include_self": True}),
]  # fmt: skip
"""Calls that CuPy itself would answer; NumPy's arrays do until it is asked."""


@pytest.mark.parametrize(("name", "arrays", "attrs"), REFUSED)
def test_what_cupy_does_not_check_is_refused(name: str, arrays: Any, attrs: Any) -> None:
    with pytest.raises((ValueError, IndexError)):
        OPS[name](*arrays, **attrs)


@pytest.mark.parametrize("name", ["logsumexp", "nanmean"])
def test_what_has_no_identity_is_unsupported(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reductions, "cupy", np)
    with pytest.raises(UnsupportedError, match=f"{name} takes no empty axes"):
        OPS[name](X[:, :0], axis=-1, keepdims=False)


@pytest.mark.parametrize("name", ["max", "min", "prod"])
def test_updates_that_share_an_element_are_combined(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions: dict[str, Any] = {"max": np.maximum, "min": np.minimum, "prod": np.multiply}
    monkeypatch.setattr(scattering, "cupy", np)
    monkeypatch.setattr(scattering, "_COMBINING", functions)
    index, updates = np.array([[1, 0, 1], [1, 1, 1]]), np.array([[1 / 3, 2, 5], [7, np.nan, 6]])
    attrs = {"axis": 1, "reduction": name, "include_self": True}
    of_first = functions[name].reduce([1, 1 / 3, 5])
    found = OPS["scatter_reduce"](X, index, updates, **attrs)
    np.testing.assert_array_equal(found, [[functions[name](1, 2), of_first, 1], [1, np.nan, 1]])


def test_permutations_come_from_a_generator_that_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = []

    def state(seed: int) -> Any:
        seeds.append(seed)
        return np.random.RandomState(seed)

    assert callable(cupy.random.RandomState.permutation)
    monkeypatch.setattr(cupy.random, "RandomState", state)
    assert sorted(OPS["randperm"](n=5, seed=3).tolist()) == [0, 1, 2, 3, 4]
    assert seeds == [3]
    monkeypatch.setattr(randoms, "cupy", np)
    assert OPS["randperm"](n=0, seed=3).shape == (0,)


def named(path: Path) -> set[str]:
    """The attributes of CuPy's modules that a file names: "cupy.linalg.norm"."""
    dotted = (
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    )
    return {name for name in dotted if name.split(".")[0] in ("cupy", "cupyx") and "(" not in name}


@pytest.mark.parametrize(
    "path", sorted(Path(cuda.__file__).parent.glob("*.py")), ids=lambda p: p.name
)
def test_what_a_module_names_of_cupy_exists(path: Path) -> None:
    for name in named(path):
        module, *parts = name.split(".")
        reduce(getattr, parts, {"cupy": cupy, "cupyx": cupyx}[module])

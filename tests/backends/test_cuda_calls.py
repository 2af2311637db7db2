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
from tensorcts.backends.cuda import randoms, reductions  # noqa: E402
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


def test_a_logarithm_of_nothing_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reductions, "cupy", np)
    with pytest.raises(UnsupportedError, match="no empty axes"):
        OPS["logsumexp"](X[:, :0], axis=-1, keepdims=False)


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

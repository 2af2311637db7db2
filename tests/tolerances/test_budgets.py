"""The budget tables: complete, sourced, and broken ones refused by the row's name."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tensorcts.reference import dtypes, registry
from tensorcts.reference.arrays import primitives
from tensorcts.tolerances import budgets
from tensorcts.tolerances.budgets import PROFILES, TableError

TABLES = Path(budgets.__file__).parent / "budgets"
ROW = {"source": "someone", "float64": 1, "float32": 2}


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Put other tables in the place of ours."""

    def use(*contents: dict[str, Any]) -> None:
        monkeypatch.setattr(budgets, "_tables", lambda: list(contents))
        _forget()

    yield use
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for function in (budgets.rows, budgets.source, budgets.ulps):
        function.cache_clear()


def of_both(row: dict[str, Any]) -> dict[str, Any]:
    return {"f": dict.fromkeys(("opencl", "tight"), row)}


def test_good_tables_are_read(tables: Any) -> None:
    tables(of_both(ROW))
    assert budgets.ulps("opencl", "float32") == {"f": 2.0}
    assert budgets.source("f", "tight", "float32") == "someone"


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        ([of_both(ROW), of_both(ROW)], "'f' stands in two tables"),
        ([{"f": {"opencl": ROW}}], "'f' has no row for the profile tight"),
        ([of_both({"float64": 1, "float32": 1})], "f.opencl names no source"),
        ([of_both({**ROW, "source": ""})], "f.opencl names no source"),
        ([of_both({"source": "x", "float32": 1})], "f.opencl lacks one of float64, float32"),
        ([of_both({**ROW, "float32": 0})], "f.opencl.float32 is 0"),
        ([of_both({**ROW, "float32": 0.4})], "f.opencl.float32 is 0.4"),
        ([of_both({**ROW, "float32": -1})], "f.opencl.float32 is -1"),
        ([of_both({**ROW, "float32": "2"})], "f.opencl.float32 is '2'"),
        ([of_both({**ROW, "float32": True})], "f.opencl.float32 is True"),
        ([of_both({**ROW, "float32": float("nan")})], "f.opencl.float32 is nan"),
        ([of_both({**ROW, "float32": float("inf")})], "f.opencl.float32 is inf"),
        ([of_both({**ROW, "flaot16": 2})], "f.opencl: unknown dtype 'flaot16'"),
        ([{"f": {**of_both(ROW)["f"], "loose": ROW}}], "no table has rows for a profile 'loose'"),
        ([{"f": {**of_both(ROW)["f"], "correctly-rounded": ROW}}], "'correctly-rounded'"),
        ([{"f": {**of_both(ROW)["f"], "fast": {"float32": 9}}}], "f.fast names no source"),
    ],
)
def test_a_broken_row_is_named(tables: Any, contents: list[dict[str, Any]], says: str) -> None:
    tables(*contents)
    with pytest.raises(TableError, match=says):
        budgets.ulps("opencl", "float32")


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(TableError, match="unknown profile 'loose'; .* correctly-rounded, tight"):
        budgets.ulps("loose", "float32")


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_every_primitive_that_rounds_has_a_budget(profile: str, dtype: str) -> None:
    have = budgets.ulps(profile, dtype)
    assert set(primitives.ARITHMETIC.values()) <= set(have)
    assert all(bound >= 0.5 for bound in have.values())


def test_a_16_bit_dtype_without_a_row_is_float32_rounded_once(tables: Any) -> None:
    tables(of_both({**ROW, "float32": 4, "float16": 3}),
           {"g": of_both({**ROW, "float32": 0.5})["f"]})  # fmt: skip
    assert budgets.ulps("opencl", "float16") == {"f": 3.0, "g": 0.5}
    assert budgets.ulps("opencl", "bfloat16") == {"f": 0.5 + 4 * 2.0**-16, "g": 0.5}


@pytest.mark.parametrize("name", sorted(budgets.rows()))
def test_every_row_can_tell_a_defect(name: str) -> None:
    """No bound is so wide that 0, or a result scaled by 1.001, passes for it in float32."""
    for profile in PROFILES:
        bound = budgets.rows()[name][profile].get("float32")
        if bound is not None:
            assert bound < 1e-3 / 2.0**-24, f"{name}.{profile} lets a scale of 1.001 through"


@pytest.mark.parametrize("dtype", [*dtypes.FLOATING, "complex64"])
def test_no_profile_is_wider_than_a_looser_one(dtype: str) -> None:
    for tighter, looser in itertools.pairwise(PROFILES):
        wide = budgets.ulps(looser, dtype)
        for name, bound in budgets.ulps(tighter, dtype).items():
            assert bound <= wide[name], f"{name} {dtype}: {tighter} beside {looser}"


def test_correctly_rounded_is_half_an_ulp_of_every_primitive() -> None:
    for dtype in dtypes.FLOATING:
        half = budgets.ulps("correctly-rounded", dtype)
        assert {half[name] for name in budgets.rows() if name != budgets.NORMWISE} == {0.5}


def test_fast_asks_as_much_as_opencl_where_its_sources_name_no_ulps(tables: Any) -> None:
    relaxed = {"source": "another", "float32": 100}
    tables({"f": {**of_both(ROW)["f"], "fast": relaxed}, "g": of_both(ROW)["f"]})
    assert budgets.ulps("fast", "float32") == {"f": 100.0, "g": 2.0}
    assert budgets.ulps("fast", "float64") == budgets.ulps("opencl", "float64")
    assert budgets.source("f", "fast", "float32") == "another"
    assert budgets.source("f", "fast", "bfloat16") == "another"
    assert budgets.source("f", "fast", "float64") == "someone"


def test_the_limits_of_a_primitive_stand_tightest_first() -> None:
    assert budgets.limits("tanh")["float32"] == {
        "correctly-rounded": 0.5, "tight": 2.5, "opencl": 5.0, "fast": 8192.0,
    }  # fmt: skip
    assert all(list(row) == list(PROFILES) for row in budgets.limits("tanh").values())


def test_the_exact_ops_are_ops_with_a_reason() -> None:
    names = {op.name for op in registry.all_ops()}
    assert set(budgets.exact_ops()) <= names
    assert all(budgets.exact_ops().values())
    assert not set(budgets.exact_ops()) & set(budgets.rows())


def test_no_op_stands_twice_in_the_table_of_exact_ops() -> None:
    table = tomllib.loads((TABLES.parent / "exact.toml").read_text("utf-8"))
    listed = [op for group in table.values() for op in group["ops"]]
    assert len(listed) == len(set(listed))


def test_the_fingerprint_follows_the_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a truth or a tolerance depends on; waivers and other files leave it alone."""
    for part in ("reference", "tolerances"):
        (tmp_path / part / "waivers").mkdir(parents=True)
        (tmp_path / part / "file.py").write_text("1")
    monkeypatch.setattr(budgets, "files", lambda name: tmp_path / name.rpartition(".")[2])

    def now() -> str:
        budgets.fingerprint.cache_clear()
        return budgets.fingerprint()

    prints = [now()]
    for path, text in (("reference/file.py", "2"), ("tolerances/new.toml", ""),
                       ("reference/deep.py", "x")):  # fmt: skip
        (tmp_path / path).write_text(text)
        prints.append(now())
    assert len(set(prints)) == 4
    (tmp_path / "tolerances" / "waivers" / "mine.toml").write_text("x")
    (tmp_path / "reference" / "notes.md").write_text("x")
    assert now() == prints[-1]
    monkeypatch.undo()
    budgets.fingerprint.cache_clear()

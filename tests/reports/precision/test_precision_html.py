"""The page on precision: all sweeps are reached, names can't break out, backends keep apart."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tensorcts.reports.precision import columns, details, html, wording
from tensorcts.reports.precision.records import Binade, Sweep

pytest.importorskip("plotly")


def _data(page: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    data: dict[str, Any] = json.loads(found)
    return data


def _unpacked(packed: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed)))
    return content


def _by(sweep: Sweep, name: str, **versions: str) -> Sweep:
    return replace(sweep, backend=replace(sweep.backend, name=name, versions=versions))


def test_every_sweep_is_reached(sweep: Sweep) -> None:
    log = replace(sweep, function="log", dtype="float16", result="float16")
    page = html.render([[sweep, log], [_by(sweep, "other")]])
    data = _data(page)
    assert data["columns"] == ["mine", "other"]
    assert set(data["details"]) == {"exp/float32", "log/float16"}
    found = _unpacked(data["details"]["exp/float32"])
    assert [s["column"] for s in found["sweeps"]] == found["columns"] == [0, 1]
    assert [s["column"] for s in _unpacked(data["details"]["log/float16"])["sweeps"]] == [0]
    assert 'href="#exp/float32"' in page and 'href="#log/float16"' in page


def test_the_page_needs_no_network(sweep: Sweep) -> None:
    page = html.render([[sweep]])
    assert not re.findall(r"""(?:src|href)=["']?[^"'#]""", page)
    assert "default-src 'none'" in page and "@import" not in page and "url(" not in page


def test_names_cannot_break_out(sweep: Sweep) -> None:
    evil = "</script><script>alert(1)</script>&\"'"
    named = replace(_by(sweep, evil, package=evil), function=evil, environment={evil: evil})
    page = html.render([[named], [replace(named, failure=evil)]])
    assert "<script>alert" not in page
    assert set(_data(page)["details"]) == {f"{evil}/float32"}


def test_columns_tell_versions_and_folders_apart(sweep: Sweep) -> None:
    old, new = (
        _by(sweep, "torch", torch="2.9", cuda="13"),
        _by(sweep, "torch", torch="2.10", cuda="13"),
    )
    found = columns.columns([[old, new, sweep], [new]])
    labels = ["torch (torch 2.9)", "torch (torch 2.10)", "mine", "torch (torch 2.10) (2)"]
    assert [column.label for column in found] == labels


def test_sets_without_a_sweep_in_common_share_a_column(sweep: Sweep) -> None:
    log, again = replace(sweep, function="log"), replace(sweep, max=9.0)
    (one, other) = columns.columns([[sweep], [log], [again]])
    assert one.sweeps == {("exp", "float32"): sweep, ("log", "float32"): log}
    assert (other.label, other.sweeps) == ("mine (2)", {("exp", "float32"): again})


def test_what_was_swept_most_comes_first(sweep: Sweep) -> None:
    other = replace(sweep, backend=replace(sweep.backend, name="other"))
    found = columns.columns([[sweep], [other, replace(other, function="log")]])
    assert [c.first.backend.name for c in found] == ["other", sweep.backend.name]


def test_a_failure_stands_in_place_of_figures(sweep: Sweep) -> None:
    page = html.render([[replace(sweep, failure="the device was lost")]])
    found = _unpacked(_data(page)["details"]["exp/float32"])
    assert found["facts"] == [["no figures", "the device was lost"]]
    assert found["sweeps"] == []
    assert 'title="the device was lost"' in page


def test_the_colour_is_that_of_the_largest_error(sweep: Sweep) -> None:
    sizes = [0.0, 0.5, 1.0, 1.5, 4.0, 16.0, 17.0, 1024.0, 1e9]
    assert [wording.size(ulps) for ulps in sizes] == [0, 0, 1, 2, 2, 3, 4, 4, 5]
    assert wording.size(-3.0) == 2 and wording.size(None) == 5
    exact = replace(sweep, max=0.5, counts={})
    assert wording.colour(exact) == 0
    assert wording.colour(replace(exact, counts={"misrounded": 1})) == 1
    assert wording.colour(replace(exact, counts={"number_for_nan": 1})) == 5


def test_only_the_whole_is_correctly_rounded_to_a_hundred_percent() -> None:
    assert wording.share(1.0) == "100 %"
    assert wording.share(1 - 2.0**-32) == "99.999 %"


def test_the_limits_are_those_of_all_with_the_profiles_that_share_them(sweep: Sweep) -> None:
    other = replace(sweep, limits={"tight": 2.5, "fast": 3.0, "any": float("inf")})
    assert details.limits([sweep, other]) == [[2.5, "tight"], [3.0, "opencl, fast"]]


def test_the_histogram_keeps_its_count_in_wider_bins(sweep: Sweep) -> None:
    fine = [[0.0, 2.0**-20, 5], [2.0**-10, 1.125 * 2.0**-10, 3], [1.5 * 2.0**-10, 2.0**-9, 4],
            [0.5, 0.5625, 2], [0.5625, 0.625, 1], [2.0**63, float("inf"), 1]]  # fmt: skip
    found = details.histogram(replace(sweep, histogram=fine))
    assert found[1] == [0.0009766, 0.001953, 7]
    assert found[2:4] == [[0.5, 0.5625, 2], [0.5625, 0.625, 1]]
    assert sum(count for _, _, count in found if count) == 16


def test_what_is_not_finite_is_not_drawn(sweep: Sweep) -> None:
    rows = [Binade(False, e, 1, 1, 0.0, 0.0, 0.0, 0.0, None) for e in (128, 127, -127)]
    found = details.detail({0: replace(sweep, binades=rows)})
    assert found["sweeps"][0]["binades"][1] == (-127, 127)


def test_wide_formats_are_drawn_by_several_binades_each(sweep: Sweep) -> None:
    rows = [Binade(False, e, 1, e % 2 + 1, float(e == 3), e, 0.0, 0.0, None, {"number_for_nan": 1})
            for e in range(-1023, 1024)]  # fmt: skip
    (drawn,) = details.detail({0: replace(sweep, dtype="float64", binades=rows)})["sweeps"]
    _, exponents, compared, largest, means, _, wrong = drawn["binades"]
    assert drawn["step"] == 8 and len(exponents) == 256
    place = exponents.index(0)
    assert (compared[place], largest[place], means[place]) == (12, 1.0, 3.667)
    assert wrong[place] == "8 × a number for NaN"
    assert sum(compared) == sum(row.compared for row in rows)


def test_a_right_nan_is_no_error(sweep: Sweep) -> None:
    right, wrong = (
        replace(sweep.special[0], got=got, truth="nan", ulp=None) for got in ("nan", "1.0")
    )
    (drawn,) = details.detail({0: replace(sweep, special=[right, wrong])})["sweeps"]
    assert [point[-1] for point in drawn["special"]] == [0, 5]

"""The page on precision in a real browser: details, plots, zoom, themes; no network, no errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tensorcts.reports.precision import html
from tensorcts.reports.precision.records import Sweep

pytestmark = pytest.mark.browser
pytest.importorskip("plotly")
Open = Callable[..., Any]


@pytest.fixture
def show(browser: Any, tmp_path: Path, sweep: Sweep) -> Iterator[Open]:
    """Opens the page on two backends; at the end there were no requests, errors or messages."""
    trouble: list[str] = []
    path = tmp_path / "precision.html"
    other = replace(sweep, backend=replace(sweep.backend, name="<other>"), max=0.5, limits={})
    log = replace(sweep, function="log", dtype="float16", result="float16", max=9.0)
    path.write_text(html.render([[sweep, other, log]]), encoding="utf-8")
    contexts = []

    def show(hash: str = "", theme: str = "light", width: int = 1280) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request",
            lambda r: (
                None
                if r.url.startswith((path.as_uri(), "blob:", "data:"))
                else trouble.append(r.url)
            ),
        )
        page.goto(path.as_uri() + hash)
        if hash:
            drawn(page)
        return page

    yield show
    for context in contexts:
        context.close()
    assert not trouble


def drawn(page: Any) -> None:
    page.wait_for_selector("html[data-drawn]")


def _names(page: Any) -> list[str]:
    names: list[str] = page.locator("#functions tbody tr:visible th").all_inner_texts()
    return names


def _range(page: Any) -> list[float]:
    found: list[float] = page.evaluate("document.getElementById('inputs').layout.yaxis.range")
    return found


def test_the_table_filters_and_sorts(show: Open) -> None:
    page = show()
    assert _names(page) == ["exp", "log"]
    page.select_option("#order", "worst")
    assert _names(page) == ["log", "exp"]
    page.keyboard.press("/")
    page.keyboard.type("x")
    assert _names(page) == ["exp"]
    assert page.locator("#count").inner_text() == "1 of 2 rows"


def test_a_detail_opens_by_keyboard_and_closes(show: Open) -> None:
    page = show()
    page.locator("#functions a", has_text="exp").focus()
    page.keyboard.press("Enter")
    drawn(page)
    assert page.locator("#title").inner_text().strip() == "exp float32"
    assert page.locator("#overview").is_hidden()
    for plot in ("inputs", "sizes"):
        assert page.locator(f"#{plot} svg .scatterlayer .trace path.js-line").count() >= 2
    page.keyboard.press("Escape")
    page.wait_for_selector("#overview:visible")
    assert page.evaluate("document.activeElement.textContent") == "exp"


def test_curves_lie_over_each_other_with_their_names(show: Open) -> None:
    page = show("#exp%2Ffloat32")
    assert page.locator("#inputs .legendtext").all_text_contents() == ["mine", "<other>"]
    colours = page.locator("#inputs .legendlines path").evaluate_all(
        "all => all.map(e => e.style.stroke)"
    )
    assert len(set(colours)) == 2
    limits = page.locator("#inputs .annotation-text").all_text_contents()
    assert limits and "tight 2.5" in limits[0]


def test_zoom_in_and_back_by_keyboard(show: Open) -> None:
    page = show("#exp%2Ffloat32")
    whole = _range(page)
    page.locator("#inputs .modebar-btn[aria-label='Zoom in']").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "w => document.getElementById('inputs').layout.yaxis.range[1] < w", arg=whole[1]
    )
    assert _range(page)[0] > whole[0]
    page.locator("#inputs .modebar-btn[aria-label='Reset axes']").click()
    page.wait_for_function(
        "w => document.getElementById('inputs').layout.yaxis.range[1] === w", arg=whole[1]
    )


def test_a_dragged_box_is_zoomed_to(show: Open) -> None:
    page = show("#exp%2Ffloat32")
    whole, box = _range(page), page.locator("#inputs .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 150, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "w => document.getElementById('inputs').layout.yaxis.range[1] < w", arg=whole[1]
    )


def test_the_theme_changes_the_plots(show: Open) -> None:
    page = show("#exp%2Ffloat32")
    ink = "document.querySelector('#inputs .ytick text').style.fill"
    before = page.evaluate(ink)
    page.click("#theme")
    page.wait_for_function(f"before => {ink} !== before", arg=before)
    assert show("#exp%2Ffloat32", theme="dark").evaluate(ink) == page.evaluate(ink)


def test_the_same_in_numbers(show: Open) -> None:
    page = show("#exp%2Ffloat32")
    assert "3.5" in page.locator("section", has_text="Figures").last.inner_text()
    page.locator("summary", has_text="by binade").click()
    page.wait_for_selector("#binades tbody tr")
    assert page.locator("#binades tbody tr").count() == 2 * 2 * 255


@pytest.mark.parametrize("width", [1280, 420])
def test_nothing_is_wider_than_the_page(show: Open, width: int) -> None:
    page = show(width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#functions tbody td").first.click()
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

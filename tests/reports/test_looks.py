"""How the page looks in a real browser: contrast, themes, no overlaps, nothing hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tensorcts.reports import html
from tensorcts.reports.records import Record

pytestmark = pytest.mark.browser
SIZES = [(1280, 800), (1920, 1080), (420, 860)]
Open = Callable[..., Any]

# -- Colours ---------------------------------------------------------------------------------------


def _luminance(colour: str) -> float:
    channels = [float(c) / 255 for c in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def _colours(page: Any, selector: str) -> list[tuple[str, str]]:
    """Text and background of each visible text: for a swatch, every colour of its pattern."""
    script = r"""selector => [...document.querySelectorAll(selector)]
        .filter(e => e.offsetParent && e.textContent.trim())
        .flatMap(e => {
            const back = x => getComputedStyle(x).backgroundColor;
            const style = getComputedStyle(e);
            const image = style.backgroundImage.match(/rgba?\([^)]*\)/g);
            let ground = e;
            while (back(ground) === "rgba(0, 0, 0, 0)") ground = ground.parentNode;
            return (image ?? [back(ground)]).map(colour => [style.color, colour]);
        })"""
    found: list[tuple[str, str]] = [tuple(pair) for pair in page.evaluate(script, selector)]
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_reaches_the_contrast(show: Open, record: Record, theme: str) -> None:
    page = show(record, theme=theme)
    page.click("#listed")
    text = ".swatch, h1, h1 span, h2, small, .runs, button, select, summary, a, .plain :is(td, th)"
    pairs = _colours(page, f"{text}, #matrix th, #matrix td")
    page.locator('#matrix td[aria-label^="gelu float32:"]').click()
    pairs += _colours(page, "#panel :is(h2, h3, p, small, td, th, dt, dd, code, strong)")
    assert len(pairs) > 100
    assert not [(a, b) for a, b in pairs if _contrast(a, b) < 4.5]


def test_every_verdict_looks_different(show: Open, record: Record) -> None:
    page = show(record)
    images = page.locator("#legend .swatch").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundImage)"
    )
    assert len(set(images)) == len(images) == len(html.STATES) - 1


def test_the_theme_follows_the_system_and_the_button(show: Open, record: Record) -> None:
    pages = {theme: show(record, theme=theme) for theme in ("light", "dark")}
    ground = {
        t: p.evaluate("getComputedStyle(document.body).backgroundColor") for t, p in pages.items()
    }
    assert ground["light"] != ground["dark"]
    pages["light"].click("#theme")
    assert (
        pages["light"].evaluate("getComputedStyle(document.body).backgroundColor") == ground["dark"]
    )
    pages["light"].click("#theme")
    assert (
        pages["light"].evaluate("getComputedStyle(document.body).backgroundColor")
        == ground["light"]
    )


# -- Layout ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("opened", [False, True])
def test_nothing_overlaps(
    show: Open, sized: Callable[[int, int, int], Record], size: tuple[int, int], opened: bool
) -> None:
    page = show(sized(30, 20, 4), size)
    if opened:
        page.locator("#matrix td.bad").first.click()
    boxes = page.locator("#matrix thead th[data-d] .name").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(r => [r.left, r.right])"
    )
    assert len(boxes) == 20
    assert all(right <= left for (_, right), (left, _) in zip(boxes, boxes[1:]))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    overflowing = page.evaluate(
        "[...document.querySelectorAll('.card, .card > *, .bar > *, header > *')]"
        ".filter(e => e.offsetParent && !e.matches('.who, .sr'))"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert overflowing == 0
    page_parts = page.locator(".cards, .bar, .bench").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(r => [r.top, r.bottom])"
    )
    assert all(bottom <= top for (_, bottom), (top, _) in zip(page_parts, page_parts[1:]))


@pytest.mark.parametrize("size", SIZES)
def test_the_moved_to_cell_is_not_behind_anything(
    show: Open, sized: Callable[[int, int, int], Record], size: tuple[int, int]
) -> None:
    page = show(sized(60, 20, 4), size)
    page.locator("#matrix td.bad").first.click()
    for key in ("PageDown", "PageDown", "End", "PageUp", "Home", "PageUp"):
        page.keyboard.press(key)
        hit = page.evaluate(
            "(() => { const e = document.activeElement, r = e.getBoundingClientRect();"
            "const [x, y] = [(r.left + r.right) / 2, (r.top + r.bottom) / 2];"
            "return document.elementFromPoint(x, y) === e })()"
        )
        assert hit, key


def test_header_and_first_column_stay(show: Open, sized: Callable[[int, int, int], Record]) -> None:
    page = show(sized(100, 20, 4))
    page.evaluate("document.getElementById('scroll').scrollTo(300, 900)")
    box = page.locator("#scroll").bounding_box()
    head = page.locator("#matrix thead th").nth(12).bounding_box()
    name = page.locator("#matrix tr[data-o] th").nth(50).bounding_box()
    assert abs(head["y"] - box["y"]) <= 2
    assert abs(name["x"] - box["x"]) <= 2


def test_a_large_matrix_is_shown_whole(
    show: Open, sized: Callable[[int, int, int], Record]
) -> None:
    page = show(sized(200, 20, 4))
    assert page.locator("#matrix tr[data-o] td").count() == 4000

"""Einstein summation's subscripts: NumPy's grammar, spelled out for operands of given shapes."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

_TERM = re.compile(r"[A-Za-z ]*(\.\.\.[A-Za-z ]*)?")

Shape = tuple[int, ...]


def spelled_out(subscripts: str, shapes: Sequence[Shape]) -> tuple[list[str], str]:
    """One letter for each axis of each operand, and of the output.

    An ellipsis becomes letters that stand nowhere else, the same ones for axes that broadcast. An
    output that is not given gets the ellipsis, then in order the letters that occur once.
    Raises ValueError for what is outside of the grammar or does not fit the shapes.
    """
    left, arrow, right = subscripts.partition("->")
    parts = [*left.split(","), *([right] if arrow else [])]
    if not all(_TERM.fullmatch(part) for part in parts):
        raise ValueError(
            f"subscripts {subscripts!r} must be terms of letters, with one ellipsis at most each, "
            "between commas, and an output after -> or none"
        )
    terms = left.replace(" ", "").split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"subscripts {subscripts!r} have {len(terms)} terms for {len(shapes)} "
                         "operands")  # fmt: skip
    output = right.replace(" ", "") if arrow else _implied(terms)
    widths = [_ellipsis_width(subscripts, *each) for each in zip(terms, shapes, strict=True)]
    axes = _fresh(subscripts, max(widths, default=0))
    inputs = [t.replace("...", axes[len(axes) - n :]) for t, n in zip(terms, widths, strict=True)]
    output = output.replace("...", axes)
    _check_output(subscripts, inputs, output, axes)
    _check_sizes(subscripts, inputs, shapes)
    return inputs, output


def sizes_of(inputs: Sequence[str], shapes: Sequence[Shape]) -> dict[str, int]:
    """The size of each letter; an axis of size 1 broadcasts to the size it has elsewhere."""
    sizes: dict[str, int] = {}
    for term, shape in zip(inputs, shapes, strict=True):
        for letter, size in zip(term, shape, strict=True):
            sizes[letter] = size if sizes.get(letter, 1) == 1 else sizes[letter]
    return sizes


def _implied(terms: Sequence[str]) -> str:
    """The output where none is given; capitals come before small letters."""
    letters = "".join(terms).replace(".", "")
    ellipsis = "..." if any("..." in term for term in terms) else ""
    return ellipsis + "".join(c for c in sorted(set(letters)) if letters.count(c) == 1)


def _ellipsis_width(subscripts: str, term: str, shape: Shape) -> int:
    """How many axes the ellipsis of a term stands for, 0 where it has none."""
    width = len(shape) - len(term.replace("...", ""))
    if width < 0 or (width > 0 and "..." not in term):
        raise ValueError(f"subscripts {subscripts!r}: {term!r} does not fit the shape {shape}")
    return width


def _fresh(subscripts: str, count: int) -> str:
    unused = [c for c in string.ascii_letters if c not in subscripts]
    if len(unused) < count:
        raise ValueError(f"subscripts {subscripts!r}: too few letters for {count} more axes")
    return "".join(unused[:count])


def _check_output(subscripts: str, inputs: Sequence[str], output: str, axes: str) -> None:
    twice = sorted({c for c in output if output.count(c) > 1})
    missing = sorted(set(output) - set("".join(inputs)))
    dropped = set(axes) - set(output)
    if twice or missing or dropped:
        what = (f"repeats {twice}" if twice else f"has {missing}, which no operand has"
                if missing else "lacks the ellipsis of the operands")  # fmt: skip
        raise ValueError(f"subscripts {subscripts!r}: the output {what}")


def _check_sizes(subscripts: str, inputs: Sequence[str], shapes: Sequence[Shape]) -> None:
    """A letter has one size in an operand, and among operands one size or 1."""
    sizes = sizes_of(inputs, shapes)
    for term, shape in zip(inputs, shapes, strict=True):
        own = dict(zip(term, shape, strict=True))
        for letter, size in zip(term, shape, strict=True):
            if size != own[letter] or size not in (1, sizes[letter]):
                raise ValueError(
                    f"subscripts {subscripts!r} do not fit the shapes {list(shapes)}: {letter} is "
                    f"{size} and {own[letter] if size != own[letter] else sizes[letter]}"
                )

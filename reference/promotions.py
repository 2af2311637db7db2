"""The dtype that two dtypes have in common, and what libraries take for it.

It is the smallest one of their kind that holds every number of both: the Array API's table. Kinds
do not mix (bool; integers; floats with complex numbers), and an 8-bit float has a common dtype with
itself only. ``promotions.csv`` keeps the answers of libraries beside ours.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations_with_replacement

from tensorcts.reference import dtypes
from tensorcts.reference.limits import iinfo

LIBRARIES = ("numpy", "torch")
"""The libraries whose answers are kept."""

REFUSED = "error"
"""An answer: there is no common dtype."""

ABSENT = "absent"
"""An answer: the library lacks one of the two dtypes."""

_COMPUTING = dtypes.FLOATING + dtypes.COMPLEX + dtypes.HALF_COMPLEX


def promoted(a: str, b: str) -> str:
    """The dtype that ``a`` and ``b`` have in common; raises TypeError where they have none."""
    for name in (a, b):
        dtypes.numpy_dtype(name)
    if a == b:
        return a
    if a in dtypes.INTEGER and b in dtypes.INTEGER:
        return _integer(a, b)
    if a in _COMPUTING and b in _COMPUTING:
        part = _floating(dtypes.component(a), dtypes.component(b))
        return dtypes.complex_of(part) if dtypes.is_complex(a) or dtypes.is_complex(b) else part
    raise _no_common(a, b)


def _integer(a: str, b: str) -> str:
    low, high = (pick(getattr(iinfo(n), end) for n in (a, b))
                 for pick, end in ((min, "min"), (max, "max")))  # fmt: skip
    for name in dtypes.UNSIGNED + dtypes.SIGNED:  # the smallest first
        if iinfo(name).min <= low and high <= iinfo(name).max:
            return name
    raise _no_common(a, b)


def _floating(a: str, b: str) -> str:
    for name in reversed(dtypes.FLOATING):  # the smallest first
        if all(dtypes.format_of(name).holds(dtypes.format_of(part)) for part in (a, b)):
            return name
    raise _no_common(a, b)


def _no_common(a: str, b: str) -> TypeError:
    return TypeError(f"{a} and {b} have no common dtype; cast one of them")


@dataclass(frozen=True)
class Row:
    """Two dtypes, our answer and those of the libraries: a dtype, ``REFUSED`` or ``ABSENT``."""

    a: str
    b: str
    tensorcts: str
    numpy: str
    torch: str

    @property
    def differing(self) -> tuple[str, ...]:
        """The libraries that have both dtypes and answer otherwise than we do."""
        answers = {name: getattr(self, name) for name in LIBRARIES}
        return tuple(n for n, answer in answers.items() if answer not in (self.tensorcts, ABSENT))


def pairs() -> Iterator[tuple[str, str]]:
    """Every two dtypes, each pair once."""
    yield from combinations_with_replacement(dtypes.STORABLE, 2)


def answer(a: str, b: str) -> str:
    """Our row of the table: the common dtype, or ``REFUSED``."""
    try:
        return promoted(a, b)
    except TypeError:
        return REFUSED


@cache
def table() -> tuple[Row, ...]:
    """The whole table, as it is kept."""
    text = (files("tensorcts.reference") / "promotions.csv").read_text("utf-8")
    return tuple(Row(**row) for row in csv.DictReader(text.splitlines()))

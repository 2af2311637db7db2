"""The budget tables: how many ulps an elementwise primitive may be off by, and who says so."""

from __future__ import annotations

import hashlib
import math
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from tensorcts.reference import dtypes

PROFILES = ("correctly-rounded", "tight", "opencl", "fast")
"""The profiles, the tightest first.

``correctly-rounded`` is half an ulp for every primitive, by its name. Of ``fast`` the tables hold
what its sources relax to a number of ulps; for the rest it asks as much as ``opencl``.
"""
TABLED = PROFILES[1:]
"""The profiles that a primitive's rows are of."""
NORMWISE = "complex results"
"""The table of the budgets of complex results, by primitive."""

FULL_SIZE = ("float64", "float32")


class TableError(ValueError):
    """A tolerance table that can't be used; the message says which row and why."""


def known(profile: str) -> None:
    """Raises TableError for a profile that does not exist."""
    if profile not in PROFILES:
        raise TableError(f"unknown profile {profile!r}; the profiles are {', '.join(PROFILES)}")


@cache
def rows() -> dict[str, dict[str, dict[str, float]]]:
    """For each primitive and profile its ulps by dtype (``NORMWISE``: by primitive)."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for table in _tables():
        for name, profiles in table.items():
            if name in found:
                raise TableError(f"{name!r} stands in two tables")
            given = {p: _checked(name, p, row) for p, row in profiles.items()}
            found[name] = _completed(name, given)
    return found


@cache
def source(name: str, profile: str, dtype: str) -> str:
    """Who says that the primitive may be off by that much in the dtype."""
    if profile == PROFILES[0]:
        return "the profile asks it of every primitive"
    given = next(t[name] for t in _tables() if name in t)
    key = dtype if dtype in rows()[name][profile] else "float32"
    told = profile if key in given.get(profile, {}) else "opencl"
    return str(given[told]["source"])


@cache
def ulps(profile: str, dtype: str) -> dict[str, float]:
    """The ulps of ``dtype`` that each primitive may be off by.

    A 16-bit dtype without a row of its own is taken as computed in float32 and rounded once.
    Rows for complex results stand under ``"complex " + name``. Raises TableError for an unknown
    profile.
    """
    known(profile)
    narrowing = 2.0 ** (dtypes.format_of(dtype).p - dtypes.format_of("float32").p)
    budgets = {}
    for name, profiles in rows().items():
        row = profiles[profile]
        if name == NORMWISE:
            budgets.update({f"complex {part}": k for part, k in row.items()})
        elif dtype in row:
            budgets[name] = row[dtype]
        else:
            single = row["float32"]
            budgets[name] = 0.5 if single == 0.5 else 0.5 + single * narrowing
    return budgets


def limits(name: str) -> dict[str, dict[str, float]]:
    """For each dtype the ulps that the profiles allow the primitive, the tightest first."""
    return {
        dtype: {profile: ulps(profile, dtype)[name] for profile in PROFILES}
        for dtype in dtypes.FLOATING
    }


@cache
def exact_ops() -> dict[str, str]:
    """The ops whose floating-point results are exact, with the reason."""
    table = tomllib.loads((files("tensorcts.tolerances") / "exact.toml").read_text("utf-8"))
    return {op: str(group["reason"]) for group in table.values() for op in group["ops"]}


@cache
def fingerprint() -> str:
    """A hash of the tables and of the definitions: what a cached tolerance depends on."""
    digest = hashlib.blake2b(digest_size=16)
    for package in ("tensorcts.tolerances", "tensorcts.reference"):
        for path in sorted(_walk(files(package)), key=str):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _tables() -> list[dict[str, Any]]:
    folder = files("tensorcts.tolerances") / "budgets"
    paths = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=str)
    return [tomllib.loads(path.read_text("utf-8")) for path in paths]


def _completed(name: str, given: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The rows of all profiles: those of the tables, and those that follow from them."""
    tabled = PROFILES if name == NORMWISE else TABLED
    for profile in given.keys() - set(tabled):
        raise TableError(f"{name}: no table has rows for a profile {profile!r}")
    if missing := set(tabled) - given.keys() - {"fast"}:
        raise TableError(f"{name!r} has no row for the profile {', '.join(sorted(missing))}")
    nearest = {PROFILES[0]: dict.fromkeys(FULL_SIZE, 0.5)}
    return nearest | given | {"fast": given["opencl"] | given.get("fast", {})}


def _checked(name: str, profile: str, row: dict[str, Any]) -> dict[str, float]:
    numbers = {key: value for key, value in row.items() if key != "source"}
    if not row.get("source"):
        raise TableError(f"{name}.{profile} names no source")
    if name != NORMWISE and profile != "fast" and not set(FULL_SIZE) <= set(numbers):
        raise TableError(f"{name}.{profile} lacks one of {', '.join(FULL_SIZE)}")
    for key, value in numbers.items():
        if name != NORMWISE and key not in dtypes.FLOATING:
            raise TableError(f"{name}.{profile}: unknown dtype {key!r}")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and 0.5 <= value < math.inf):
            raise TableError(f"{name}.{profile}.{key} is {value!r}; a budget is a number ≥ 0.5")
    return {key: float(value) for key, value in numbers.items()}


def _walk(folder: Traversable) -> list[Traversable]:
    found = []
    for path in folder.iterdir():
        if path.is_dir():
            found += _walk(path) if path.name != "waivers" else []
        elif path.name.endswith((".py", ".toml")):
            found.append(path)
    return found

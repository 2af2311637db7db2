"""Reproducers: a failing case as a five-line script that runs by itself."""

from __future__ import annotations

import base64
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends import registry as backend_registry
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.gathering import Gathering
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.judge import Judge, Judgement, held_to
from tensorcts.reference import dtypes, registry
from tensorcts.reports.records import FAILURES

INLINE = 16
"""Up to how many elements an array is written out; larger ones are packed."""


def script(case: Case, backend: str, profile: str | None = None) -> str:
    """The five lines; ``profile`` where it is not the declared one that the case fails by."""
    names = [f"x{i}" for i in range(len(case.arrays))]
    arrays = "; ".join(f"{n} = {_written(a)}" for n, a in zip(names, case.arrays, strict=True))
    special = {"layout": case.layout, "refused": case.refused, "probe": case.probe,
               "profile": profile}  # fmt: skip
    more = "".join(f", {key}={value!r}" for key, value in special.items() if value)
    arguments = ", ".join(names) + ("," if len(names) == 1 else "")
    lines = [
        f"# {case.describe()} on {backend}",
        "from tensorcts.conformance.reproduce import array, packed, reproduce",
        arrays or "# no arrays",
        f"attrs = {_attributes(case)}",
        f'reproduce("{backend}", "{case.op.name}", "{case.dtype}", ({arguments}), attrs{more})',
    ]
    return "\n".join(lines) + "\n"


def script_together(cases: Sequence[Case], backend: str, profile: str | None = None) -> str:
    """A script for cases of one test that fail together, by their statistics."""
    first, more = cases[0], f", profile={profile!r}" if profile else ""
    lines = [
        f"# {len(cases)} cases of {first.op.name} in {first.dtype} on {backend}",
        "from tensorcts.conformance.reproduce import array, packed, reproduce_together",
        "cases = [",
        *(f"    {_written_case(case)}," for case in cases),
        "]",
        f'reproduce_together("{backend}", "{first.op.name}", "{first.dtype}", cases{more})',
    ]
    return "\n".join(lines) + "\n"


def array(dtype: str, shape: tuple[int, ...], numbers: list[Any]) -> NDArray[Any]:
    """An array of a dtype and shape from its elements, exactly."""
    return np.array(numbers).astype(dtypes.numpy_dtype(dtype)).reshape(shape)


def packed(dtype: str, shape: tuple[int, ...], text: str) -> NDArray[Any]:
    """An array of a dtype and shape from its compressed bytes."""
    data = zlib.decompress(base64.b85decode(text))
    return np.frombuffer(data, dtypes.numpy_dtype(dtype)).reshape(shape).copy()


def reproduce(
    backend: str,
    op: str,
    dtype: str,
    arrays: tuple[NDArray[Any] | None, ...],
    attrs: dict[str, Any],
    **special: str,
) -> None:
    """Run the case again and print what comes out; exits with 1 if it fails, 0 if it does not.

    special: the fields of the case beside these (``Case``), and the profile to judge by.
    """
    judgement = judge_again(backend, op, dtype, arrays, attrs, **special)
    print(explain(judgement))
    sys.exit(1 if judgement.verdict in FAILURES else 0)


def reproduce_together(
    backend: str,
    op: str,
    dtype: str,
    cases: Sequence[tuple[tuple[NDArray[Any] | None, ...], dict[str, Any], str | None]],
    profile: str | None = None,
) -> None:
    """Run cases (arrays, attributes, layout) and judge what their elements add up to.

    Exits with 1 if one fails by itself or all of them together, 0 if none does.
    """
    gathering, alone = Gathering(), False
    for arrays, attrs, layout in cases:
        judgement = judge_again(backend, op, dtype, arrays, attrs, profile, layout=layout)
        print(explain(judgement))
        alone |= judgement.verdict in FAILURES
        if judgement.evidence is not None:
            gathering.add(judgement.case, judgement.evidence)
    found = gathering.statistics
    together = found is not None and found.fails
    print(f"fail: {gathering.message()}" if together else "together: nothing is wrong")
    sys.exit(1 if alone or together else 0)


def judge_again(
    backend: str,
    op: str,
    dtype: str,
    arrays: tuple[NDArray[Any] | None, ...],
    attrs: dict[str, Any],
    profile: str | None = None,
    **special: Any,
) -> Judgement:
    """The judgement of the case, by the declared profile or another."""
    host = InProcess(backend_registry.load(backend))
    judge = Judge(held_to(host.capabilities, profile), host.run, Cache(None), way=host.way)
    return judge(Case(registry.get(op), dtype, arrays, attrs, **special))


def run_file(path: Path) -> None:
    """Run a reproducer; it ends by ``sys.exit``."""
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    exec(code, {"__name__": "__main__"})


def explain(judgement: Judgement) -> str:
    """A judgement in a few lines."""
    lines = [f"{judgement.verdict}: {judgement.case.describe()}"]
    if judgement.message:
        lines.append(f"  {judgement.message}")
    if judgement.rule:
        lines.append(f"  rule {judgement.rule}")
    if worst := judgement.worst:
        errors = [
            f"{name} {x:.4g}" for name, x in (("ulp", worst.ulp), ("z", worst.z)) if x is not None
        ]
        lines.append(f"  at {worst.index}: inputs {', '.join(worst.inputs)}")
        lines.append(f"  got {worst.got}, truth {worst.truth}; {', '.join(errors)}; "
                     f"allowed {worst.allowed}")  # fmt: skip
    return "\n".join(lines)


def _written(value: NDArray[Any] | None) -> str:
    if value is None:
        return "None"
    name = dtypes.name_of(value.dtype)
    if value.size <= INLINE:
        numbers = ", ".join(_literal(x) for x in value.ravel().tolist())
        return f'array("{name}", {value.shape}, [{numbers}])'
    text = base64.b85encode(zlib.compress(np.ascontiguousarray(value).tobytes(), 9)).decode()
    return f'packed("{name}", {value.shape}, {text!r})'


def _written_case(case: Case) -> str:
    arrays = "".join(f"{_written(a)}, " for a in case.arrays)
    return f"(({arrays.rstrip()}), {_attributes(case)}, {case.layout!r})"


def _attributes(case: Case) -> str:
    return f"dict({', '.join(f'{key}={_literal(value)}' for key, value in case.attrs.items())})"


def _literal(value: Any) -> str:
    """A Python expression of a value; NaN and infinities have none of their own."""
    if isinstance(value, float) and not np.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, complex):
        return f"complex({_literal(value.real)}, {_literal(value.imag)})"
    if isinstance(value, tuple):
        items = ", ".join(map(_literal, value))
        return f"({items},)" if len(value) == 1 else f"({items})"
    return repr(value)

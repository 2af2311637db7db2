"""The catalogue: every op with all that belongs to it, and what each backend offers of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from tensorcts.backends.protocol import Backend
from tensorcts.conformance import calling, checks, cotangents
from tensorcts.conformance.checks import Test, usual_dtype
from tensorcts.conformance.execute import execute
from tensorcts.reference import dtypes, registry
from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.autodiff.rules import MissingRuleError
from tensorcts.reference.registry import BACKWARD, Op, all_ops
from tensorcts.reports.totals import reason_in
from tensorcts.tolerances import rules
from tensorcts.tolerances.model import NoiseModel

SAMPLE_SHAPE = (2, 3)


def entries(backends: Mapping[str, Backend], *, tried: bool = False) -> Iterator[dict[str, Any]]:
    """The entry of every op.

    backends: what is asked whether it offers the op, by name.
    tried: whether an offer counts only if a small call in that dtype is not refused.
    """
    for op in all_ops():
        yield {
            "name": op.name,
            "family": op.family,
            "signature": f"{op.name}{op.signature}",
            "summary": op.summary,
            "dtypes": list(op.dtypes),
            "result": op.result,
            "aliases": op.aliases,
            "traits": [choice.trait for choice in op.choices],
            "differentiable": op.differentiable,
            "vjp": op.differentiable and has_vjp(op),
            "jvp": op.differentiable and has_jvp(op),
            "gradients": _ways(op, backends),
            "cases": cases(op),
            "rule": rule(op, usual_dtype(op)),
            "rules": {dtype: rule(op, dtype) for dtype in op.dtypes},
            **_offers(op, backends, tried=tried),
        }


def cases(op: Op) -> dict[str, int]:
    """How many cases each check has in the op's usual dtype; those of ``random`` are drawn."""
    tests = [Test(op, usual_dtype(op), check) for check in checks.checks_of(op, usual_dtype(op))]
    return {t.check: len(list(checks.cases(t, 0))) for t in tests if t.check != "random"}


def rule(op: Op, dtype: str) -> str:
    """The tolerance rule of the op's first output in a dtype, by the profile ``opencl``."""
    model = NoiseModel.of(dtype, profile="opencl")
    return str(rules.rule_for(op, op.result_dtype(dtype, {"dtype": dtype}), model))


def has_vjp(op: Op) -> bool:
    """Whether a cotangent can be pulled back through a sample of the op."""

    def pull(function: Any, arrays: Sequence[Any]) -> None:
        results, pullback = vjp(function, *arrays)
        pullback(tuple(np.ones(np.shape(r)) for r in results))

    return _differentiates(op, pull)


def has_jvp(op: Op) -> bool:
    """Whether a tangent can be pushed forward through a sample of the op."""

    def push(function: Any, arrays: Sequence[Any]) -> None:
        jvp(function, tuple(arrays), tuple(np.ones(np.shape(a)) for a in arrays))

    return _differentiates(op, push)


def _differentiates(op: Op, differentiate: Any) -> bool:
    dtype = next((name for name in op.dtypes if dtypes.is_inexact(name)), None)
    if dtype is None:
        return False
    case = checks.curated(Test(op, dtype, "shapes"), SAMPLE_SHAPE)
    arrays = [None if a is None else dtypes.widen(a) for a in case.arrays]

    def function(*arrays: Any) -> Any:
        result = op.function(*arrays, **case.attrs)
        return result if isinstance(result, tuple) else (result,)

    try:
        differentiate(function, arrays)
    except MissingRuleError:
        return False
    return True


def _offers(op: Op, backends: Mapping[str, Backend], *, tried: bool) -> dict[str, Any]:
    """The dtypes in which each backend offers the op, and why not in the others."""
    lacks = {name: _lacks(backend, op, tried=tried) for name, backend in backends.items()}
    return {
        "backends": {name: [d for d in op.dtypes if d not in lack] for name, lack in lacks.items()},
        "unsupported": lacks,
    }


def _lacks(backend: Backend, op: Op, *, tried: bool) -> dict[str, str]:
    """The dtypes in which the backend does not offer the op, each with the reason."""
    reasons = {dtype: backend.unsupported(op.name, dtype) for dtype in op.dtypes}
    for dtype in [d for d, reason in reasons.items() if tried and reason is None]:
        outcome = execute(backend, checks.curated(Test(op, dtype, "shapes"), SAMPLE_SHAPE))
        if outcome.verdict == "unsupported":
            reasons[dtype] = outcome.message
    return {dtype: reason for dtype, reason in reasons.items() if reason is not None}


def _ways(op: Op, backends: Mapping[str, Backend]) -> dict[str, str]:
    """How each backend that offers the op comes to its gradient."""
    if not any(cotangents.applies(op, dtype, 1) for dtype in op.dtypes):
        return {}
    gradient = registry.get(op.name + BACKWARD)
    return {n: calling.way(b, gradient) for n, b in backends.items() if op.name in b.ops}


def print_table(found: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print a line for each op, and for each backend how many of the op's dtypes it offers."""
    backends = list(found[0]["backends"]) if found else []
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("op", "family", "dtypes", "gradient", "cases", "rule", *backends):
        table.add_column(heading, no_wrap=True)
    for entry in found:
        gradient = " ".join(mode for mode in ("vjp", "jvp") if entry[mode]) or "–"
        count = len(entry["dtypes"])
        offers = [f"{len(entry['backends'][name]) or '–'}" for name in backends]
        total = str(sum(entry["cases"].values()))
        table.add_row(entry["name"], entry["family"], str(count), gradient, total, entry["rule"],
                      *offers)  # fmt: skip
    console.print(table)
    console.print(f"{len(found)} ops", highlight=False)
    for name in backends:
        ways = Counter(entry["gradients"].get(name, "") for entry in found)
        told = ", ".join(f"{count} {way}" for way, count in sorted(ways.items()) if way)
        console.print(f"gradients of {name}: {told or 'none'}", highlight=False)
    for name in backends:
        _print_lacks(name, found, console)


def _print_lacks(backend: str, found: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print what a backend does not offer: the reason, the dtypes if not all of them, the ops."""
    reasons: dict[str, list[str]] = {}
    for entry in found:
        lacks: dict[str, list[str]] = {}
        for dtype, message in entry["unsupported"][backend].items():
            lacks.setdefault(reason_in(message, backend), []).append(dtype)
        for reason, missing in lacks.items():
            partly = "" if missing == entry["dtypes"] else f" ({', '.join(missing)})"
            reasons.setdefault(reason + partly, []).append(entry["name"])
    if reasons:
        console.print(f"\nnot offered by {backend}", style="bold", highlight=False)
    for reason, names in reasons.items():
        console.print(f"  {reason}: {', '.join(names)}", highlight=False, markup=False)

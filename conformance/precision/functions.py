"""What is swept: the functions of one or two numbers whose results round, and casts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np

from tensorcts.conformance.samplers.activations import ATTRIBUTES
from tensorcts.conformance.samplers.elementwise import ELEMENTWISE
from tensorcts.reference import dtypes, registry
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.registry import Op
from tensorcts.tolerances import budgets

Parity = Literal["odd", "even", "none"]

CAST = "astype"


@dataclass(frozen=True)
class Function:
    """An op with its attributes: a function of ``arity`` real numbers."""

    op: Op
    arity: int = 1
    attrs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The op's name; of a cast with the dtype that it is to: ``astype-float8_e5m2``."""
        return f"{CAST}-{self.attrs['dtype']}" if self.op.name == CAST else self.op.name

    def result_dtype(self, dtype: str) -> str:
        """The dtype of the results where the function is called in ``dtype``."""
        return self.op.result_dtype(dtype, self.attrs)

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The floating dtypes that it is defined for; a cast only where it may round."""
        own = [d for d in (*dtypes.FLOATING, *dtypes.FLOAT8) if d in self.op.dtypes]
        if self.op.name != CAST:
            return tuple(own)
        target = dtypes.format_of(str(self.attrs["dtype"]))
        return tuple(d for d in own if not target.holds(dtypes.format_of(d)))

    @property
    def parity(self) -> Parity:
        """Whether f(-x) is -f(x), or f(x), by its values at three points."""
        return _parity(self.name) if self.arity == 1 else "none"


def everything() -> Iterator[Function]:
    """Every function that can be swept, in the registry's order."""
    for op in registry.all_ops():
        if op.name == CAST:
            yield from (Function(op, 1, {"dtype": d}) for d in (*dtypes.FLOATING, *dtypes.FLOAT8))
        elif _rounds_elementwise(op):
            yield Function(op, _arity(op), _usual_attributes(op))


def find(name: str) -> Function:
    """The function of that name; raises UnknownOpError for an op that there is not.

    Raises ValueError for one that is no function of numbers, or whose results are exact.
    """
    for function in everything():
        if function.name == name:
            return function
    if name == CAST:
        raise ValueError("astype is swept by its target: astype-float16, say")
    registry.get(name.partition("-")[0])
    raise ValueError(f"{name} can't be swept: it is no function of numbers whose results round")


def _rounds_elementwise(op: Op) -> bool:
    floats = set(dtypes.FLOATING) & set(op.dtypes)
    swept = op.name in ELEMENTWISE and op.result == "same" and _arity(op) in (1, 2)
    return swept and bool(floats) and op.name not in budgets.exact_ops()


def _arity(op: Op) -> int:
    return sum(p.kind is not p.KEYWORD_ONLY for p in op.signature.parameters.values())


def _usual_attributes(op: Op) -> Mapping[str, Any]:
    """The attributes that the samplers try first: the values that libraries default to."""
    return ATTRIBUTES.get(op.name, ({},))[0]


@cache
def _parity(name: str) -> Parity:
    function = find(name)
    points = np.array([0.3, 0.55, 0.8])
    with np.errstate(all="ignore"):
        there, back = (_nearest(function, x) for x in (points, -points))
    if np.array_equal(there, -back):
        return "odd"
    return "even" if np.array_equal(there, back) else "none"


def _nearest(function: Function, x: Any) -> Any:
    result = function.op.function(Exact(x), **function.attrs)
    return result.split()[0] if isinstance(result, Exact) else np.asarray(result)

"""Options: which one a backend takes where a result is implementation-defined, declared or not.

A result is judged under every option of a choice. The one that it keeps to is the figure; where a
call does not tell two apart there is none. The calls are those of other checks of which the choice
speaks, and some whose arrays hold equal elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import oracle
from tensorcts.conformance.cases import Case
from tensorcts.conformance.properties.readings import Reading
from tensorcts.reference import dtypes
from tensorcts.reference.registry import AnyOf, AnyWith, Choice, Op, all_ops

PROBES = {
    f"option of {choice.trait}": choice.trait
    for op in all_ops()
    for choice in op.choices
    if choice.trait != "uninitialized"
}
"""The probes, and for each the trait of its choice; what nobody wrote to can't be told."""

CALLS = 3
"""Calls for each choice: attributes differ, and a call may be none that tells."""

SHAPES = ((3, 33), (40, 5))
FEW = 4
"""Shapes of arrays with equal elements, and how many distinct numbers those hold."""


def applies(op: Op, dtype: str, usual: str) -> bool:
    """Whether options are measured: in one dtype of each op, those of integers in int32."""
    integers = any(choice.trait.startswith("integer_") for choice in op.choices)
    tried = (usual, "int32") if integers else (usual,)
    return dtype in tried and any(choice.trait in PROBES.values() for choice in op.choices)


def cases(
    op: Op,
    dtype: str,
    usual: str,
    drawn: Callable[[tuple[int, ...]], Case],
    tried: Iterable[Case],
) -> Iterator[Case]:
    """The calls of which a choice speaks, among those tried and drawn."""
    if not applies(op, dtype, usual):
        return
    calls = [*map(_with_equals, map(drawn, SHAPES)), *tried]
    for probe, trait in PROBES.items():
        choices = [choice for choice in op.choices if choice.trait == trait]
        concerned = (case for case in calls if any(_speaks_of(one, case) for one in choices))
        yield from (replace(case, probe=probe) for case in islice(concerned, CALLS))


def _with_equals(case: Case) -> Case:
    """The case with few distinct numbers."""

    def repeated(array: NDArray[Any] | None) -> NDArray[Any] | None:
        if array is None or array.dtype != dtypes.numpy_dtype(case.dtype):
            return array
        places = np.arange(array.size).reshape(array.shape)
        return np.asarray((places * 7 // 3 % FEW).astype(array.dtype))

    return replace(case, arrays=tuple(map(repeated, case.arrays)))


@np.errstate(all="ignore")
def _speaks_of(choice: Choice, case: Case) -> bool:
    """Whether the choice decides on a result of the case, or on its refusal."""
    if choice.constraint != case.refused.partition(":")[0]:
        return False
    wide = [None if a is None else dtypes.widen(a) for a in case.arrays]
    return bool(np.any(choice.where(*wide, **case.attrs)))


def read(
    case: Case, traits: Mapping[str, str], fits: Callable[[Mapping[str, str]], bool]
) -> Reading:
    """The option that the case's result keeps to; ``fits`` judges it under other traits."""
    trait = PROBES[case.probe]
    choice = next(choice for choice in case.op.choices if choice.trait == trait)
    own = f"{case.op.name}/{trait}"
    fitting = [option for option in choice.options if fits({**traits, own: option})]
    certain = [option for option in fitting if not _is_free(choice.options[option])]
    if not fitting or len(certain) > 1:
        return Reading()
    measured, wanted = (certain or fitting)[0], oracle.options_of(case, traits)[trait]
    if wanted in fitting:
        return Reading({trait: measured})
    return Reading(
        {trait: measured}, (f"{trait} is {wanted}, measured {measured}: {case.describe()}",)
    )


def _is_free(option: Any) -> bool:
    """Whether an option admits several results."""
    return option is None or isinstance(option, AnyOf | AnyWith)

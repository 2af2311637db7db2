"""The oracle: the truth of a case, and how far an honest backend may be from it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import probes, truths
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.truths import Wrap
from tensorcts.reference import dtypes
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.registry import DEFINED, RAISES, AnyOf, AnyWith, Instead, OtherArguments
from tensorcts.tolerances import rules, spreads
from tensorcts.tolerances.model import NoiseModel

Options = Mapping[str, str]


@dataclass(frozen=True)
class Expected:
    """One output's truth ``hi + lo``, in the wide dtype, and what is allowed around it.

    sigma: the standard deviation of honest results (derived rule only).
    free: where anything goes, because the result is not defined there.
    alternatives: other arrays whose elements are as good as the truth's.
    sums: what the elements of honest results add up to (derived rule only; ``spreads``).
    """

    dtype: str
    rule: rules.Rule
    hi: NDArray[Any]
    lo: NDArray[Any]
    sigma: NDArray[np.float64] | None
    free: NDArray[np.bool_] | None
    alternatives: tuple[NDArray[Any], ...] = ()
    sums: NDArray[np.float64] | None = None


def expect(
    case: Case, model: NoiseModel, traits: Mapping[str, str], cache: Cache
) -> tuple[Expected, ...]:
    """The truths of the case's outputs and their tolerances, for a backend with these traits.

    Raises ValueError for a trait that is set to an option which its op does not have.
    """
    kinds = case.op.result if isinstance(case.op.result, tuple) else (case.op.result,)
    names = [_dtype(case, i, kind, traits) for i, kind in enumerate(kinds)]
    found = [probes.rule_for(case, name, model) for name in names]
    derived = any(rule.kind == "derived" for rule in found)
    options = options_of(case, traits)
    wanted = list(zip(names, found, strict=True))
    stored = _stored(case, model if derived else None, wanted, options, cache)
    count = len(stored) // 4
    several = len(names) > 1
    return tuple(
        Expected(
            names[i if several else 0],
            rule := found[i if several else 0],
            stored[i],
            stored[count + i],
            stored[2 * count + i] if rule.kind == "derived" else None,
            *_freedoms(case, options, i, stored[i]),
            stored[3 * count + i] if rule.kind == "derived" else None,
        )
        for i in range(count)
    )


def _dtype(case: Case, output: int, kind: str, traits: Mapping[str, str]) -> str:
    """The dtype of an output, that of indices as declared."""
    if kind == "index":
        return traits.get("index_dtype", "int64")
    return case.op.result_dtype(case.dtype, case.attrs, output)


def _stored(
    case: Case,
    model: NoiseModel | None,
    wanted: list[tuple[str, rules.Rule]],
    options: Options,
    cache: Cache,
) -> list[NDArray[Any]]:
    """What ``_compute`` gives, from the cache where it takes long."""
    if not truths.are_costly(case, model, wanted):
        return _compute(case, model, wanted, options)
    kinds = " ".join(rule.kind for _, rule in wanted)
    key = case.digest() + f" {kinds} {options} {model or ''}".encode()
    stored = cache.get(key)
    if stored is None:
        stored = _compute(case, model, wanted, options)
        cache.put(key, stored)
    return stored


def _compute(
    case: Case, model: NoiseModel | None, wanted: list[tuple[str, rules.Rule]], options: Options
) -> list[NDArray[Any]]:
    """All outputs' hi, then all lo, all sigma and all sums (empty without a model)."""
    return truths.compute(case, partial(_quietly, case, options), model, wanted)


def _quietly(case: Case, options: Options, wrap: Wrap) -> tuple[Any, ...]:
    """The definition's outputs, in the wide dtype."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # np.mean of nothing warns by itself
        outputs = interpreted(case, options, wrap)
        return tuple(map(_widened, outputs)) if case.op.own_dtype else outputs


def surer(
    case: Case, model: NoiseModel, traits: Options, expected: tuple[Expected, ...]
) -> tuple[Expected, ...]:
    """The same truths beside σ from many more samples.

    Of many elements a few have a σ that is much too small by chance, or no sample that overflowed.
    """
    run = partial(_quietly, case, options_of(case, traits))
    seed = int.from_bytes(case.digest()[8:16], "little")
    sigmas = spreads.sigma(run, [e.hi for e in expected], model, seed, spreads.MANY)
    return tuple(
        e if e.sigma is None else replace(e, sigma=sigma)
        for e, sigma in zip(expected, sigmas, strict=True)
    )


def interpreted(case: Case, options: Mapping[str, str], wrap: Wrap) -> tuple[Any, ...]:
    """The definition's outputs, with the options chosen of implementation-defined results.

    wrap: the interpreter of its numbers.
    """
    given = _arguments(case, options)
    arrays = [_argument(case, a, wrap) for a in given]
    attrs = {key: _lifted(case, key, value, wrap) for key, value in case.attrs.items()}
    outputs = case.op.function(*arrays, **attrs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    for choice in case.op.choices:
        option = choice.options[options[choice.trait]]
        if option is None or option in (DEFINED, RAISES) or isinstance(option, _ELSEWHERE):
            continue
        where = choice.where(*map(_wide, given), **case.attrs)
        if isinstance(option, Instead):
            outputs = option.outputs(*arrays, **attrs) if np.any(where) else outputs
        elif np.any(where):
            value = option(*arrays, **attrs) if callable(option) else option
            found = value if isinstance(value, tuple) else (value,) * len(outputs)
            outputs = tuple(
                np.where(where, new, output) if choice.concerns(i) else output
                for i, (new, output) in enumerate(zip(found, outputs, strict=True))
            )
    return outputs


_ELSEWHERE = AnyOf | AnyWith | OtherArguments
"""What changes the arguments, or is asked of the results."""


def _arguments(case: Case, options: Mapping[str, str]) -> list[NDArray[Any] | None]:
    """The arrays, or others in their place where the backend takes them."""
    given = list(case.arrays)
    for choice in case.op.choices:
        option = choice.options[options[choice.trait]]
        if isinstance(option, OtherArguments) and np.any(choice.where(*given, **case.attrs)):
            given = list(option.arrays(*given, **case.attrs))
    return given


def _argument(case: Case, array: NDArray[Any] | None, wrap: Wrap) -> Any:
    """An argument as the definition takes it."""
    if case.op.own_dtype:
        return array
    return _wide(array, wrap, lift_integers=case.op.name == "astype")


def _widened(output: Any) -> NDArray[Any]:
    """An output of a definition that ran in its arguments' own dtype, in the wide one."""
    return dtypes.widen(np.asarray(output))


def _wide(
    array: NDArray[Any] | None, wrap: Wrap | None = None, *, lift_integers: bool = False
) -> Any:
    """An argument in its wide dtype; floats are wrapped, integers where Exact is to cast them."""
    if array is None:
        return None
    widened = dtypes.widen(array)
    if wrap is None or (widened.dtype.kind not in "fc" and not (lift_integers and wrap is Exact)):
        return widened
    return wrap(widened)


def _lifted(case: Case, key: str, value: Any, wrap: Wrap) -> Any:
    if key not in case.op.lifted:
        return value
    array = np.asarray(value)
    return wrap(array) if array.dtype.kind in "fc" else array


@np.errstate(all="ignore")
def must_raise(case: Case, traits: Mapping[str, str]) -> str | None:
    """The declared trait by which the backend refuses the case as a whole, or None."""
    chosen = options_of(case, traits)
    plain = [_wide(a) for a in case.arrays]
    for choice in case.op.choices:
        refuses = choice.options[chosen[choice.trait]] is RAISES
        if refuses and np.any(choice.where(*plain, **case.attrs)):
            return choice.trait
    return None


def answers_breach(case: Case, traits: Mapping[str, str]) -> bool:
    """Whether the backend declares what it answers to the call, which breaks a constraint."""
    chosen, constraint = options_of(case, traits), case.refused.partition(":")[0]
    concerned = [c for c in case.op.choices if constraint and c.constraint == constraint]
    return any(choice.options[chosen[choice.trait]] is not RAISES for choice in concerned)


@np.errstate(all="ignore")
def admitted(
    case: Case,
    traits: Mapping[str, str],
    expected: tuple[Expected, ...],
    outputs: tuple[NDArray[Any], ...],
) -> tuple[NDArray[np.bool_] | None, ...]:
    """For each output the elements that are right by a property which the op allows (AnyWith)."""
    options = options_of(case, traits)
    allowed = [c.options[options[c.trait]] for c in case.op.choices]
    pairs = list(zip(outputs, expected, strict=True))
    fits = all((o.shape, o.dtype) == (e.hi.shape, dtypes.numpy_dtype(e.dtype)) for o, e in pairs)
    if not fits or not any(isinstance(option, AnyWith) for option in allowed):
        return (None,) * len(pairs)
    plain = [_wide(a) for a in _arguments(case, options)]
    results = tuple(dtypes.widen(o) for o in outputs)
    masks = tuple(np.zeros(o.shape, bool) for o in outputs)
    for choice, option in zip(case.op.choices, allowed, strict=True):
        if isinstance(option, AnyWith) and np.any(choice.where(*plain, **case.attrs)):
            right = option.right(results, tuple(e.hi for e in expected), *plain, **case.attrs)
            masks = tuple(mask | more for mask, more in zip(masks, right, strict=True))
    return masks


def options_of(case: Case, traits: Mapping[str, str]) -> dict[str, str]:
    """The option of each of the op's choices, by trait; raises ValueError for one it has not."""
    chosen = {}
    for choice in case.op.choices:
        general = traits.get(choice.trait, choice.default)
        option = traits.get(f"{case.op.name}/{choice.trait}", general)
        if option not in choice.options:
            raise ValueError(
                f"trait {choice.trait} is {option!r}; {case.op.name} knows "
                f"{', '.join(map(repr, choice.options))}"
            )
        chosen[choice.trait] = option
    return chosen


@np.errstate(all="ignore")
def _freedoms(
    case: Case, options: Mapping[str, str], output: int, like: NDArray[Any]
) -> tuple[NDArray[np.bool_] | None, tuple[NDArray[Any], ...]]:
    """Where anything goes in an output, and the arrays that are as good as its truth."""
    free: NDArray[np.bool_] | None = None
    alternatives: list[NDArray[Any]] = []
    own = _arguments(case, options)
    for choice in case.op.choices:
        option = choice.options[options[choice.trait]]
        anything = option is None or isinstance(option, AnyOf)
        if not (anything and choice.concerns(output)):
            continue
        plain = [_wide(a) for a in own]
        where = choice.where(*plain, **case.attrs)
        if not np.any(where):
            continue
        if option is None:
            where = np.broadcast_to(where, like.shape)
            free = where if free is None else free | where
        else:
            alternatives += option.arrays(*(own if option.own_dtype else plain), **case.attrs)
    return free, tuple(alternatives)

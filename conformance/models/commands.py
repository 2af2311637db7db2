"""What ``tensorcts model`` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from tensorcts.backends import registry
from tensorcts.conformance.models import minilm, tables
from tensorcts.conformance.models.judging import judge
from tensorcts.conformance.models.progresses import progress


def run(
    backends: Sequence[str], dtype: str, texts: Sequence[str], output: Path | None, *, as_json: bool
) -> bool:
    """Judge the model on each backend and print what was found; whether everything held.

    texts: sentences; none means the default ones. output: a file for the JSON, or None.
    Raises ModelError, UnknownBackendError, UnavailableError, or UsageError for the file.
    """
    loaded = {spec: registry.load(spec) for spec in dict.fromkeys(backends)}
    batch = minilm.tokenise(texts or minilm.SENTENCES)
    stack = minilm.load(batch, dtype)
    console, errors = Console(quiet=as_json), Console(stderr=True, quiet=as_json)
    if output is not None:
        _write(output, "")  # a file that can't be written is known before the work, not after
    found = []
    for spec, backend in loaded.items():
        with progress(spec, errors) as advance:
            found.append(judge(stack, spec, backend, advance))
        tables.show(stack, batch, found[-1], console)
    written = json.dumps(tables.data(stack, batch, found), indent=2)
    if output is not None:
        _write(output, written + "\n")
    if as_json:
        click.echo(written)
    return all(one.verdict == "pass" for one in found)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"can't write {path}: {error}") from error

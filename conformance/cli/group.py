"""The command that all others belong to, and how its errors are told."""

from __future__ import annotations

from typing import Any

import click

FORMATS = click.Choice(["text", "json"])


class _Group(click.Group):
    """Turns our own errors into one line and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        from tensorcts.backends.protocol import UnavailableError
        from tensorcts.backends.registry import UnknownBackendError
        from tensorcts.conformance.faults.registry import UnknownFaultError
        from tensorcts.conformance.graphs import NoGraphError
        from tensorcts.conformance.models.minilm import ModelError
        from tensorcts.conformance.precision.journals import JournalError
        from tensorcts.conformance.recording import RecordingError
        from tensorcts.conformance.waivers import WaiverError
        from tensorcts.reference.registry import UnknownOpError
        from tensorcts.reports.precision.html import MissingError
        from tensorcts.reports.records import RecordError
        from tensorcts.tolerances.budgets import TableError

        try:
            return super().invoke(ctx)
        except (
            UnavailableError,
            UnknownBackendError,
            UnknownFaultError,
            NoGraphError,
            ModelError,
            JournalError,
            RecordingError,
            WaiverError,
            UnknownOpError,
            RecordError,
            MissingError,
            TableError,
        ) as error:
            raise click.UsageError(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tensorcts")
def main() -> None:
    """Judge tensor backends against the reference, op by op.

    \b
    Examples:
      tensorcts run --backend numpy
      tensorcts run --backend opencl --op softmax --op matmul --report out
      tensorcts explain softmax
      tensorcts reproduce tensorcts-report/reproducers/gelu-float32-random-torch.py
    """

"""The command line: run, backends, catalogue, explain, graph, dtypes, report, reproduce, model,
selftest, fingerprint, precision.

Exit codes: 0 all held, 1 something failed, 2 wrong use.
"""

from tensorcts.conformance.cli import (
    judging,
    listing,
    measuring,
    showing,
    sweeping,
    testing,
)
from tensorcts.conformance.cli.group import main

__all__ = ["judging", "listing", "main", "measuring", "showing", "sweeping", "testing"]

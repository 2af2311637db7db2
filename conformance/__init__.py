"""The suite: cases, truth, comparison, verdicts, and the runners."""

"""Precision reports: how accurate a function is over all its inputs, as records and as tables."""

"""Whole models with their real weights, judged layer by layer."""

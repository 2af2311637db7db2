"""Faulty backends: the NumPy backend with one op replaced, each by a mistake that real code made.

A suite is not trusted until it has caught them all, and raised no alarm on the honest backend:
``tensorcts selftest``. A module holds the faults of a category; a fault is subtle rather than
gross, wrong where a hurried test would not look.
"""

"""Layers: plain functions over a namespace of ops, so that any backend runs them as they stand.

``ops`` is ``tensorcts.reference.ops.definitions`` or a backend's own ops under the same names; a
layer calls nothing else. So one text gives the truth on float64 arrays, the tolerance on noisy
ones, and the backend's own result on device arrays. Parameters have the names that checkpoints
give them.
"""

"""Automatic differentiation of the definitions: reverse mode by ``Traced`` arrays."""

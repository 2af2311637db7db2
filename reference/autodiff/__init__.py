"""Automatic differentiation of the definitions, and of any NumPy code.

``reverse`` (vjp, grad, value_and_grad) runs a function on ``Traced`` arrays, whose ``nodes`` make
a graph, and walks it back; ``forward`` (jvp) runs it on ``Dual`` arrays. Both take the derivatives
of NumPy's functions from ``rules``, plain NumPy code too, so they nest in each other to any order
and work on every kind of array. Upon them stand ``derivatives`` (jacobian, hessian, hvp),
``custom`` rules, ``checkpoints``, ``clipping``, ``accumulating`` and the inspection of ``graphs``;
``primitives.stop_gradient`` makes an array a constant.
"""

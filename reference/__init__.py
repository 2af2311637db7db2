"""The definitions: what every op means, as plain NumPy, and the arrays that interpret them."""

"""The definitions: what every op means, as plain NumPy functions, and the arrays that interpret them."""

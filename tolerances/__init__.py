"""Tolerances: the budgets (TOML, reviewed like a contract) and what is derived from them."""

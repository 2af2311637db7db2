"""Backends: what is judged, behind one small protocol."""

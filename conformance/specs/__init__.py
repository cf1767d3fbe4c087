"""Placeholder docstring, replaced as the floor is built."""

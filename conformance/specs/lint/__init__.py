"""Mistakes in specs and overlays."""

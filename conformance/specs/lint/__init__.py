"""Lint: mistakes in specs and overlays, with their places."""

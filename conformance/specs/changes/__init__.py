"""Differences between two versions of a spec, for people and for programs."""

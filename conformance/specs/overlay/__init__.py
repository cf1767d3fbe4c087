"""Overlays: hand-written knowledge about a service that its model does not have; entries, parser, rules."""

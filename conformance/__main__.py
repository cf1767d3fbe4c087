"""`python -m conformance`."""

from conformance.cli import script

script()

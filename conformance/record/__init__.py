"""The record of a run: its rows, the file they are kept in, and what may never be in it."""

"""Protocols whose bodies are JSON."""

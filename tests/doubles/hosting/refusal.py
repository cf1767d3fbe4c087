"""The errors that the double answers: a code and a text, HTTP 400 unless said otherwise."""

from __future__ import annotations


class Refusal(Exception):
    """An error answer."""

    def __init__(self, code: str, message: str | None, status: int = 400) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status


def invalid(message: str) -> Refusal:
    """What SageMaker answers to nearly everything that is wrong with a request."""
    return Refusal("ValidationException", message)


def unreadable(message: str | None = None) -> Refusal:
    """What the deserialiser in front of the service answers."""
    return Refusal("SerializationException", message)

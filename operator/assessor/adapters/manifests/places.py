"""Where something stands in a text, and why a text cannot be read."""

from msgspec import Struct


class Place(Struct, frozen=True):
    """Line and column, both from 1; columns count characters."""

    line: int
    column: int = 1

    def after(self, lines: int) -> "Place":
        """The same place in the text that this one was cut out of, behind so many lines."""
        return Place(self.line + lines, self.column)


class UnreadableError(ValueError):
    """A text that the API server could not decode.

    ``reason`` quotes nothing of it, as its values may be secret.
    """

    def __init__(self, reason: str, place: Place) -> None:
        """``place`` is where the text stops making sense."""
        super().__init__(f"line {place.line}: {reason}")
        self.reason = reason
        self.place = place

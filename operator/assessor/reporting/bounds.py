"""Texts made fit for a status: bounded, and without control characters."""

ELLIPSIS = "…"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def bounded(text: str, limit: int, *, lines: bool = False) -> str:
    """``text`` in at most ``limit`` characters, on one line unless ``lines`` may stay.

    Control and format characters, lone surrogates among them, become U+FFFD: a tenant's names
    end up in logs and terminals.
    """
    shown = text if text.isprintable() else _printable(text, "\n" if lines else "")
    return shown if len(shown) <= limit else shown[: limit - 1] + ELLIPSIS


def _printable(text: str, kept: str) -> str:
    return "".join(c if c.isprintable() or c in kept else REPLACEMENT for c in text)

"""A note: what an Event should tell about an assessment."""

from typing import Literal

from msgspec import Struct


class Note(Struct, frozen=True):
    """One thing to tell; docs/design/api.md lists the reasons."""

    reason: str
    """CamelCase, such as ControlFailed."""
    type: Literal["Normal", "Warning"]
    message: str
    """A sentence; beyond 1024 bytes it is cut."""
    key: str
    """What it is about, such as a control's id: notes of one reason, type and key are one Event."""

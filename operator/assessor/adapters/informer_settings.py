"""How an informer goes about its work, and what it counts."""

from collections import Counter

from msgspec import Struct, field


class InformerSettings(Struct, frozen=True):
    """Times are in seconds."""

    stale_after: float = 60.0
    """Without contact for so long, what is known is no evidence any more."""
    page_size: int = 500
    watch_timeout: tuple[int, int] = (240, 300)
    """The server is asked to end each watch after a random time in between, so that the watches
    of many kinds, and of many clients, do not all return at once."""
    silence: float = 90.0
    """An open watch that brings nothing for so long is dead: bookmarks come every minute."""
    request_timeout: float = 60.0
    settled_after: float = 10.0
    """A watch that lived for so long has worked: the next failure is a new one."""
    reconnect_delay: tuple[float, float] = (0.2, 2.0)
    """First and longest delay while no server answers. Short: a refused connection costs
    next to nothing, and every second adds to how late the first verdict is."""
    retry_delay: tuple[float, float] = (0.5, 30.0)
    """First and longest delay while the server answers with errors. Long enough to be polite,
    short enough for a new grant to be noticed soon."""


class InformerStats(Struct):
    """What happened since the start, for metrics."""

    events: int = 0
    changes: int = 0
    malformed: int = 0
    relists: int = 0
    reconnects: int = 0
    crashes: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    """By the name of the error's class in the kernel."""

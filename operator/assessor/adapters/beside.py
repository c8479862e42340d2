"""What somebody stores by the megabyte is decoded beside the event loop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONG = 64 * 1024
"""Bytes of an event, or of a page, that hold up nobody while they are decoded."""


async def decoded(decode: Callable[..., T], *arguments: object, size: int) -> T:
    """``decode(*arguments)``; in a thread where there is much, as its texts may take long."""
    if size < LONG:
        return decode(*arguments)
    return await asyncio.to_thread(decode, *arguments)

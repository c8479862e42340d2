"""What can go wrong between a client and its API server, one class for each."""

import asyncio
import json
import re
import threading
from collections.abc import Callable
from typing import Any

from tests.faults.downstream import Downstream, status_body

EXPIRED = 410
HELD_AT_MOST = 60.0
"""Seconds: a test that fails must not keep a request for ever."""


class Fault:
    """Does no harm: what the others change is what is asked, whether, or how it is answered."""

    def target(self, path: str) -> str:
        """The path and query to ask for instead."""
        return path

    async def ask(self, out: Downstream) -> None:
        """Act before the API server is asked; raises Ended where it never is."""

    async def deliver(self, data: bytes, out: Downstream) -> None:
        """Hand on an answer's body, or one line of a watch; raises Ended where that is the end."""
        await out.write(data)


class Refuse(Fault):
    """Answer with an error status instead of the API server."""

    def __init__(
        self,
        code: int,
        reason: str = "",
        *,
        message: str = "injected",
        retry_after: int | None = None,
    ) -> None:
        """``reason`` as in metav1.Status; ``retry_after``: seconds in the header."""
        self._code, self._body = code, status_body(code, reason, message)
        self._headers = {} if retry_after is None else {"Retry-After": str(retry_after)}

    async def ask(self, out: Downstream) -> None:
        """Answer."""
        await out.answer(self._code, self._body, self._headers)


class SmallPages(Fault):
    """Lists come in pages of a few objects, as of a cluster with many."""

    def __init__(self, size: int) -> None:
        """``size``: objects in a page."""
        self._limit = f"limit={size}"

    def target(self, path: str) -> str:
        """Ask for less; a list that is asked for in one piece stays one."""
        return re.sub(r"\blimit=\d+", self._limit, path)


class Delay(Fault):
    """Ask only after a while."""

    def __init__(self, seconds: float) -> None:
        """``seconds`` before the API server is asked."""
        self._seconds = seconds

    async def ask(self, out: Downstream) -> None:
        """Wait."""
        del out
        await asyncio.sleep(self._seconds)


class Reset(Fault):
    """Break the connection: at once, and an open stream with its next line."""

    async def ask(self, out: Downstream) -> None:
        """Answer nothing."""
        out.reset()

    async def deliver(self, data: bytes, out: Downstream) -> None:
        """Deliver nothing."""
        del data
        out.reset()


class LoseAnswer(Fault):
    """The API server does its work, and the client never learns of it."""

    async def deliver(self, data: bytes, out: Downstream) -> None:
        """Break the connection instead."""
        del data
        out.reset()


class Silence(Fault):
    """Keep the connection and never send anything on it again."""

    async def ask(self, out: Downstream) -> None:
        """Answer nothing."""
        await out.hang()

    async def deliver(self, data: bytes, out: Downstream) -> None:
        """Deliver nothing."""
        del data
        await out.hang()


class Truncate(Fault):
    """Close the connection in the middle of a body or line."""

    async def deliver(self, data: bytes, out: Downstream) -> None:
        """Send the first half."""
        await out.write(data[: len(data) // 2], of=len(data))
        out.close()


class Garble(Fault):
    """Send as many bytes, but no JSON, and not even UTF-8."""

    async def deliver(self, data: bytes, out: Downstream) -> None:
        """Turn the inner bytes over; a watch's line stays one line."""
        kept = data.rstrip(b"\n")
        garbage = b"\xff\x00{" + kept[::-1][3:]
        await out.write(garbage + data[len(kept) :])


class Expire(Fault):
    """End a watch with the ERROR event of an expired version, as after a compaction."""

    async def deliver(self, data: bytes, out: Downstream) -> None:
        """Send the event instead of the line."""
        del data
        status = json.loads(status_body(EXPIRED, "Expired", "too old resource version"))
        await out.write(json.dumps({"type": "ERROR", "object": status}).encode() + b"\n")
        out.close()


class Rewrite(Fault):
    """Change what the API server says, object by object; a watch's event is one object."""

    def __init__(self, change: Callable[[dict[str, Any]], None]) -> None:
        """``change`` is given each object, to be changed in place."""
        self._change = change

    async def deliver(self, data: bytes, out: Downstream) -> None:
        """Send it changed."""
        document = json.loads(data)
        for each in document.get("items", [document.get("object", document)]):
            self._change(each)
        await out.write(json.dumps(document).encode() + b"\n")


class Hold(Fault):
    """Keep a request from the API server until the test lets it go."""

    def __init__(self) -> None:
        """``reached`` is set when a request is held."""
        self.reached, self._released = threading.Event(), threading.Event()

    def release(self) -> None:
        """Let it go on."""
        self._released.set()

    async def ask(self, out: Downstream) -> None:
        """Wait here."""
        del out
        await self._wait()

    async def _wait(self) -> None:
        self.reached.set()
        await asyncio.to_thread(self._released.wait, HELD_AT_MOST)


class HoldAnswer(Hold):
    """The same when the API server has done its work, so with its answer."""

    ask = Fault.ask

    async def deliver(self, data: bytes, out: Downstream) -> None:
        """Wait here."""
        await self._wait()
        await out.write(data)

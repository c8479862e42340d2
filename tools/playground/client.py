"""Requests to the playground's API server, in JSON."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

Json = dict[str, Any]

NO_ANSWER = (urllib3.exceptions.HTTPError, OSError)
"""What a request raises while the API server is away."""

CONFLICT = 409


class Client:
    """Talks to one API server as whoever holds the token; safe to use from several threads."""

    def __init__(self, url: str, ca_file: Path, token: str) -> None:
        """``token``: whose requests these are unless one says otherwise."""
        self.url, self._token = url, token
        self._pool = urllib3.PoolManager(
            ca_certs=str(ca_file), retries=False, timeout=urllib3.Timeout(20.0), maxsize=8
        )

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Json]:
        """Send one request; return the status code and the decoded answer, whatever it is.

        A body of bytes is sent as it is.
        """
        sent = {
            "Authorization": f"Bearer {token or self._token}",
            "Accept": accept,
            "Content-Type": content_type,
            **(headers or {}),
        }
        content = body if body is None or isinstance(body, bytes) else json.dumps(body)
        answer = self._pool.request(method, self.url + path, body=content, headers=sent)
        return answer.status, _decoded(answer.data)

    @contextmanager
    def watch(self, path: str) -> Iterator[Iterator[Json]]:
        """Open a watch; yield its events as they come."""
        headers = {"Authorization": f"Bearer {self._token}"}
        stream = self._pool.request(
            "GET", self.url + path, headers=headers, preload_content=False, timeout=None
        )
        try:
            yield _events(stream)
        finally:
            stream.close()


def _events(stream: urllib3.BaseHTTPResponse) -> Iterator[Json]:
    pending = b""
    for chunk in stream.stream(65536):
        *lines, pending = (pending + chunk).split(b"\n")
        yield from map(json.loads, lines)


def _decoded(body: bytes) -> Json:
    """Decode; what is no JSON object, as /healthz's answers, becomes the message of one."""
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    return answer if isinstance(answer, dict) else {"message": body.decode(errors="replace")}

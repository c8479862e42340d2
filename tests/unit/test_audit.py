"""The audit of dependencies: what fails it, what it accepts, and what it says without a service."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from tests.unit.tools_by_path import tool

AUDIT = tool("audit")
TODAY = dt.date(2026, 11, 25)
ENTRY = """
[[accepted]]
id = "PYSEC-1"
package = "aiohttp"
reason = "not reachable"
until = 2026-11-25
"""
VULNERABLE = {
    "name": "aiohttp",
    "version": "1.0",
    "vulns": [{"id": "GHSA-1", "aliases": ["PYSEC-1"], "fix_versions": ["1.1"]}],
}


def complaints(accepted: str, today: dt.date = TODAY, *told: dict[str, Any]) -> list[str]:
    """What would fail lint."""
    return list(AUDIT.complaints(told or (VULNERABLE,), AUDIT.read_accepted(accepted), today))


def test_a_known_vulnerability_fails() -> None:
    """With where it is fixed."""
    assert complaints("") == ["aiohttp 1.0: GHSA-1, fixed in 1.1"]


def test_an_accepted_one_passes_until_its_day() -> None:
    """By any of its names; the day after, its reason is told."""
    assert complaints(ENTRY) == []
    (told,) = complaints(ENTRY, TODAY + dt.timedelta(days=1))
    assert "accepted until 2026-11-25: not reachable" in told


def test_an_acceptance_of_another_package_is_none() -> None:
    """And what is accepted and not found has to go."""
    told = complaints(ENTRY.replace("aiohttp", "other"))
    assert told == [
        "aiohttp 1.0: GHSA-1, fixed in 1.1",
        "PYSEC-1 of other is accepted and not found: remove it",
    ]


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY.replace('reason = "not reachable"', ""),
        ENTRY.replace('"not reachable"', '" "'),
        ENTRY.replace("2026-11-25", '"soon"'),
    ],
)
def test_an_acceptance_needs_reason_and_day(entry: str) -> None:
    """An acceptance for ever is how advisories are forgotten."""
    with pytest.raises(SystemExit, match="entry 1"):
        AUDIT.read_accepted(entry)


def test_the_shipped_acceptances_can_be_read() -> None:
    """Each is whole."""
    AUDIT.read_accepted(AUDIT.ACCEPTED.read_text(encoding="utf-8"))


def test_a_service_that_knows_nothing_has_not_audited() -> None:
    """pip-audit itself calls that no known vulnerability."""
    skipped = {"name": "a", "skip_reason": "not found"}
    with pytest.raises(AUDIT.Unanswered, match="knows none of 1"):
        AUDIT.known([skipped])
    assert AUDIT.known([skipped, VULNERABLE]) == [skipped, VULNERABLE]


class Service(BaseHTTPRequestHandler):
    """An OSV service with one advisory."""

    vulnerable: ClassVar = "aiohttp"

    def do_POST(self) -> None:
        """One query (OSV API, POST /v1/query)."""
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = query["package"]["name"]
        package = {"name": name, "ecosystem": "PyPI"}
        found = {"id": "OSV-1", "summary": "bad", "affected": [{"package": package}]}
        body = json.dumps({"vulns": [found]} if name == self.vulnerable else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    """Its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def test_all_that_is_locked_is_asked_about(service: str) -> None:
    """pip-audit itself, from the lock files to the advisory."""
    told = AUDIT.audited(["-s", "osv", "--osv-url", service])
    pinned = next(each["version"] for each in told if each["name"] == "aiohttp")
    assert complaints("", TODAY, *told) == [f"aiohttp {pinned}: OSV-1, fixed in no release yet"]
    assert {"kopf", "hatchling", "pytest"} <= {each["name"] for each in told}


def test_a_service_that_is_away_is_told() -> None:
    """In one line, and lint goes on; port 9 of loopback serves nobody."""
    with pytest.raises(AUDIT.Unanswered, match="cannot be reached"):
        AUDIT.audited(["-s", "osv", "--osv-url", "http://127.0.0.1:9/v1/query"])


def test_another_failure_of_pip_audit_fails() -> None:
    """A lock file that it cannot read is no matter of the network."""
    with pytest.raises(SystemExit, match="pip-audit ended with"):
        AUDIT.audited(["--no-such-flag"])

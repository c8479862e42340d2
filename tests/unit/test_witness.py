"""How tests read the API server's audit log: whatever proves by it that nothing happened needs all.

The files are laid out as kube-apiserver's own rotation does it.
"""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.witness import USER, logged, requests


class Logs(NamedTuple):
    """Where a control plane has them."""

    folder: Path
    audit_log: Path

    def write(self, *uris: str, user: str = USER) -> None:
        """One line for each."""
        with self.audit_log.open("a", encoding="utf-8") as log:
            for uri in uris:
                log.write(json.dumps({"user": {"username": user}, "requestURI": uri}) + "\n")

    def rotate(self, moment: str) -> None:
        """Begin a new file, as after 100 MB."""
        self.audit_log.rename(self.folder / f"audit-2026-11-25T{moment}.000.log")
        self.audit_log.touch()

    def since(self, begin: int = 0) -> list[str]:
        """What was asked for."""
        return [event["requestURI"] for event in requests(self, begin)]  # type: ignore[arg-type]


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    """An empty log."""
    made = Logs(tmp_path, tmp_path / "audit.log")
    made.audit_log.touch()
    return made


def test_what_came_before_is_left_out(logs: Logs) -> None:
    """To the line."""
    logs.write("/a", "/b")
    begin = logged(logs)  # type: ignore[arg-type]
    logs.write("/c")
    assert logs.since(begin) == ["/c"]
    assert logs.since() == ["/a", "/b", "/c"]


def test_a_rotation_hides_nothing(logs: Logs) -> None:
    """Neither what was logged before it nor what comes after it."""
    logs.write("/a")
    logs.rotate("10-00-00")
    logs.write("/b", "/c")
    begin = logged(logs)  # type: ignore[arg-type]
    logs.write("/d")
    logs.rotate("11-00-00")
    logs.write("/e")
    assert logs.since(begin) == ["/d", "/e"]
    assert logs.since() == ["/a", "/b", "/c", "/d", "/e"]


def test_others_and_half_a_line_do_not_count(logs: Logs) -> None:
    """The API server may be writing."""
    logs.write("/theirs", user="admin")
    logs.write("/ours")
    with logs.audit_log.open("a", encoding="utf-8") as log:
        log.write(f'{{"user": {{"username": "{USER}')
    assert logs.since() == ["/ours"]

"""Other projects' examples, read where they lie, and what our checks say of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from assessor.adapters.dockerfiles.reading import read_dockerfile
from assessor.catalogue.checks import Check, Problem
from assessor.checks.loading import load
from assessor.inventory.kinds import CORE_KINDS, SOURCE_KINDS
from assessor.inventory.snapshot import Snapshot
from playground.client import Json
from tests.controls.dockerfiles import problems_in
from tests.controls.manifests import problems_of, snapshot_of_objects

CHECKS = {check.id: check for check in load()}
BY_KIND = {kind.kind: kind for kind in (*CORE_KINDS, *SOURCE_KINDS) if kind.kind != "Namespace"}
TABLE = Path(__file__).with_suffix(".yaml")
"""Which of our checks answer for theirs, and where we differ, with the reason."""


class Case(Struct, frozen=True):
    """One example: their check, its name, its objects, and whether it is a bad one.

    A Dockerfile is a ``text``.
    """

    check: str
    name: str
    objects: tuple[Json, ...]
    bad: bool
    text: str = ""


class Claim(Struct, frozen=True):
    """What the table says of one of their checks; none of ours means that we have no such rule."""

    checks: tuple[str, ...] = ()
    reason: str = ""
    differences: dict[str, str] = {}


class Row(Struct, frozen=True):
    """How the examples of one of their checks went."""

    check: str
    cases: int
    agreed: int
    differing: tuple[str, ...]


def polaris(root: Path) -> Iterator[Case]:
    """A folder for each check; files are called success or failure."""
    for path in sorted(root.glob("polaris/*/*.yaml")):
        verdict = path.name.partition(".")[0]
        if verdict in ("success", "failure"):
            objects = tuple(_objects(path.read_text(encoding="utf-8")))
            yield Case(path.parent.name, path.stem, objects, verdict == "failure")


def trivy(root: Path) -> Iterator[Case]:
    """A file for each check, with good and bad examples as texts."""
    for path in sorted(root.glob("trivy-checks/kubernetes/*.yaml")):
        listed: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["kubernetes"]
        for verdict in ("good", "bad"):
            for number, text in enumerate(listed.get(verdict) or ()):
                objects = tuple(_objects(text))
                yield Case(path.stem, f"{verdict}-{number}", objects, verdict == "bad")


def trivy_docker(root: Path) -> Iterator[Case]:
    """The same on Dockerfiles."""
    for path in sorted(root.glob("trivy-checks/docker/*.yaml")):
        listed: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["dockerfile"]
        for verdict in ("good", "bad"):
            for number, text in enumerate(listed.get(verdict) or ()):
                yield Case(path.stem, f"{verdict}-{number}", (), verdict == "bad", text)


def claims(corpus: str) -> dict[str, Claim]:
    """The table's part on one corpus, by their checks' names."""
    listed = yaml.safe_load(TABLE.read_text(encoding="utf-8"))[corpus]
    return {
        name: Claim(
            tuple(entry.get("checks", ())), entry.get("reason", ""), entry.get("differences", {})
        )
        for name, entry in listed.items()
    }


def rows(cases: Iterable[Case], claimed: dict[str, Claim]) -> list[Row]:
    """The examples of each check that we claim to have, judged."""
    by_check: dict[str, list[Case]] = {}
    for case in cases:
        by_check.setdefault(case.check, []).append(case)
    return [_row(name, claimed[name], found) for name, found in by_check.items()]


def _row(name: str, claim: Claim, cases: list[Case]) -> Row:
    if not claim.checks:
        return Row(name, len(cases), 0, ())
    wrong = tuple(case.name for case in cases if not agrees(claim, case))
    return Row(name, len(cases), len(cases) - len(wrong), wrong)


def agrees(claim: Claim, case: Case) -> bool:
    """Whether our checks find something worse than a note in a bad example, and in no other.

    One without anything that we judge would pass for no reason, and so does not agree.
    """
    if case.text:
        file = read_dockerfile("Dockerfile", case.text)
        return any(
            _has_failures(CHECKS[c], problems_in(CHECKS[c], file)) for c in claim.checks
        ) == (case.bad)
    objects = list(_placed(case.objects))
    snapshot = snapshot_of_objects(objects)
    found = any(_fails(CHECKS[check], snapshot) for check in claim.checks)
    return bool(objects) and found == case.bad


def _fails(check: Check, snapshot: Snapshot) -> bool:
    return _has_failures(check, problems_of(check, snapshot))


def _has_failures(check: Check, problems: Iterable[Problem]) -> bool:
    """Whether any of them is more than a note."""
    severities = (problem.severity for problem in problems)
    return any(check.severity if each is None else each for each in severities)


def _placed(objects: Iterable[Json]) -> Iterator[Json]:
    """Those of kinds that we judge, in one namespace, and of today's API version."""
    for number, manifest in enumerate(objects):
        kind = BY_KIND.get(manifest["kind"])
        if kind is not None:
            metadata = {"name": f"unnamed-{number}"} | (manifest.get("metadata") or {})
            if kind.namespaced:
                metadata["namespace"] = "example"
            yield manifest | {"apiVersion": kind.api_version, "metadata": metadata}


def _objects(text: str) -> Iterator[Json]:
    for document in yaml.safe_load_all(text):
        if document:
            yield from document.get("items") or (document,)

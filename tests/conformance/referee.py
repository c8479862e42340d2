"""The API server's answers to SubjectAccessReviews, and ours to the same."""

import json
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from assessor.analysis.rbac.aggregation import expanded
from assessor.analysis.rbac.authorizer import decide
from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.requests import Identity
from assessor.inventory.decoding import decode_list
from assessor.inventory.decoding.results import Record
from assessor.inventory.kinds import RBAC_KINDS, ObservedKind
from assessor.inventory.rbac import Role, RoleBinding
from playground.client import Json
from playground.controlplane import ControlPlane
from tests.conformance.rbac_world import Question, World

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
AT_ONCE = 4
PATIENCE = 20.0
"""Seconds until controllers and authorizer must have seen a new world."""


def directory_of(plane: ControlPlane) -> Directory:
    """All roles and bindings of the cluster."""
    return _directory(
        record
        for kind in RBAC_KINDS
        for record in _decode(kind, plane.request("GET", kind.path)[1])
    )


def decoded(manifests: Iterable[Json]) -> list[Record]:
    """The roles and bindings among manifests, as the operator decodes them."""
    kinds = {kind.kind: kind for kind in RBAC_KINDS}
    made: list[Record] = []
    for number, manifest in enumerate(manifests):
        if kind := kinds.get(manifest["kind"]):
            stored = manifest | {"metadata": manifest["metadata"] | {"uid": str(number)}}
            made += _decode(kind, {"metadata": {"resourceVersion": "1"}, "items": [stored]})
    return made


def _decode(kind: ObservedKind, listed: Json) -> tuple[Record, ...]:
    page = decode_list(kind, json.dumps(listed).encode())
    assert not page.malformed, page.malformed
    return page.records


def _directory(records: Iterable[Record]) -> Directory:
    known = list(records)
    roles = [record for record in known if isinstance(record, Role)]
    return Directory(roles, [each for each in known if isinstance(each, RoleBinding)])


def answers(plane: ControlPlane, questions: Sequence[Question]) -> Iterable[bool]:
    """What the API server says, in order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda question: _ask(plane, question), questions)


def ours(directory: Directory, question: Question) -> bool:
    """What we say."""
    identity = Identity(question.user, frozenset(question.groups))
    return decide(directory, identity, question.request).allowed


def _ask(plane: ControlPlane, question: Question) -> bool:
    code, answer = plane.request("POST", REVIEWS, question.review())
    assert code == 201, f"{question}: {code} {answer.get('message')}"
    return bool(answer["status"]["allowed"])


def rules_by_name(directory: Directory, world: World) -> dict[str, set[object]]:
    """The rules of a world's ClusterRoles, in no order."""
    return {
        name: set(role.rules)
        for (namespace, name), role in directory.roles.items()
        if not namespace and name.startswith(f"{world.stem}-")
    }


def filled(plane: ControlPlane, world: World) -> Directory:
    """The cluster's roles, once its controller has filled the aggregated ones as we would.

    AssertionError where it ends with others.
    """
    own = [role for role in decoded(world.objects()) if isinstance(role, Role)]
    expected = rules_by_name(Directory(expanded(own), ()), world)
    deadline = time.monotonic() + PATIENCE
    while rules_by_name(directory := directory_of(plane), world) != expected:
        if time.monotonic() > deadline:
            assert rules_by_name(directory, world) == expected
        time.sleep(0.1)
    return directory

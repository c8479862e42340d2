"""The API server's answers to SubjectAccessReviews, and ours to the same."""

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from assessor.analysis.rbac.authorizer import decide
from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.requests import Identity
from assessor.inventory.decoding import decode_list
from assessor.inventory.decoding.results import Record
from assessor.inventory.kinds import RBAC_KINDS, ObservedKind
from assessor.inventory.rbac import Role, RoleBinding
from playground.client import Json
from playground.controlplane import ControlPlane
from tests.conformance.rbac_world import Question

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
AT_ONCE = 4


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

"""What a check is: a pure function that yields problems, and the card that describes it."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from assessor.catalogue.patches import Patch
from assessor.inventory.dockerfiles.places import Edits, Span
from assessor.inventory.kinds import BUILD_EVIDENCE, WORKLOAD_EVIDENCE, Evidence
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity


class Subjects(StrEnum):
    """What a check is called with, once for each; the check's first parameter."""

    NAMESPACE = "namespace"
    """The Namespace itself: one subject."""
    ROOTS = "roots"
    """Each RootController."""
    NETWORK_POLICIES = "networkPolicies"
    """Each NetworkPolicy."""
    SERVICE_ACCOUNTS = "serviceAccounts"
    """Each ServiceAccount."""
    ROLES = "roles"
    """Each Role."""
    CONFIG_MAPS = "configMaps"
    """Each ConfigMap."""
    SOURCE_SECRETS = "sourceSecrets"
    """Each Secret that stands in a file: a SourceSecret; none in a cluster."""
    DOCKERFILES = "dockerfiles"
    """Each Dockerfile; none in a cluster."""
    BINDINGS = "bindings"
    """Each RoleBinding, and each ClusterRoleBinding to accounts of the namespace: a BoundRole."""


class Problem(Struct, frozen=True):
    """What a check found wrong with its subject.

    ``on`` names the object where it is not the subject itself; ``at`` is the field path as in
    ``spec.template.spec.hostPID``; ``key`` tells apart several problems of one check on one
    object, and must survive reordering and rewording; ``severity`` overrides the check's.
    ``patch`` mends it: changes to the object that ``at`` is a path of. Of a Dockerfile ``place``
    says where, ``stage`` in which of its stages, and ``edits`` of its text mend it.
    """

    message: str
    at: str = ""
    on: ObjectRef | None = None
    container: str = ""
    key: str = ""
    severity: Severity | None = None
    patch: Patch = ()
    place: Span | None = None
    stage: str = ""
    edits: Edits = ()


CheckFunction = Callable[[Any, Snapshot], Iterable[Problem]]


Where = Callable[[Snapshot], Mapping[str, Iterable[tuple[ObjectRef, Any]]]]
"""Tells subjects, with their references, by the ids of checks."""


class Check(Struct, frozen=True):
    """A check's card; ``documentation`` is its function's docstring.

    ``needs`` lists every kind without which silence would prove nothing: the engine does not run
    the check while one of them is a gap. ``absent`` are those among them of which the check finds
    that something is not there: there partial evidence, as files are, is a gap too, where a
    finding on what is there would stand whatever else there is. ``where`` tells, by the ids
    of checks, the only subjects on which they may find anything: they need not be called with the
    others, which are judged by that. ``weighs`` are kinds that decide how bad a finding is, and
    never whether there is one: where one of them is a gap, it is as bad as it may be.
    """

    id: str
    control: str
    severity: Severity
    over: Subjects
    needs: frozenset[Evidence]
    remediation: str
    documentation: str
    run: CheckFunction
    absent: frozenset[Evidence] = frozenset()
    where: Where | None = None
    weighs: frozenset[Evidence] = frozenset()

    @property
    def alone(self) -> bool:
        """Whether no object but its subject, and what that owns, bears on what it finds."""
        return self.over in _OWN_EVIDENCE and self.needs <= _OWN_EVIDENCE[self.over]

    @property
    def at_build(self) -> bool:
        """Whether it judges what an image is built from, of which a cluster shows nothing.

        What is not understood in a Dockerfile leaves what is found in the rest of it found: the
        scanner runs such a check all the same, and tells the gap.
        """
        return self.over is Subjects.DOCKERFILES


_OWN_EVIDENCE: Mapping[Subjects, frozenset[Evidence]] = {
    Subjects.ROOTS: WORKLOAD_EVIDENCE,
    Subjects.CONFIG_MAPS: frozenset({Evidence.CONFIG_MAPS}),
    Subjects.SOURCE_SECRETS: frozenset({Evidence.SECRETS_IN_SOURCE}),
    Subjects.DOCKERFILES: BUILD_EVIDENCE,
}
"""The kinds that a subject consists of, where there are checks that need no others."""


def check(
    check_id: str,
    *,
    control: str,
    severity: Severity,
    over: Subjects,
    needs: frozenset[Evidence],
    remediation: str,
    absent: Iterable[Evidence] = (),
    where: Where | None = None,
    weighs: frozenset[Evidence] = frozenset(),
) -> Callable[[CheckFunction], Check]:
    """Turn a generator function into a Check; the name is that of the bad pattern."""

    def wrap(function: CheckFunction) -> Check:
        documentation = inspect.getdoc(function) or ""
        return Check(
            check_id,
            control,
            severity,
            over,
            needs,
            remediation,
            documentation,
            function,
            frozenset(absent),
            where,
            weighs,
        )

    return wrap

"""Rights that are used without a request of their own in the audit log.

The API server asks its authorizer for some in the course of other requests: RBAC for ``bind`` and
``escalate`` ("Using RBAC Authorization"), signing for ``approve``, ``sign`` and ``attest``
("Certificates and Certificate Signing Requests"), admission for ``*/finalizers``
("OwnerReferencesPermissionEnforcement"), the status of claims for parts of it ("Dynamic Resource
Allocation"), admission policies for ``get`` of what their parameters are ("Validating Admission
Policy"), and RBAC whoever writes a role for all that it grants. Others are asked about by other
servers: kubelets ("Kubelet authentication/authorization") and whoever reviews access to its own
URLs.
"""

from collections.abc import Iterator
from functools import lru_cache

import msgspec
from msgspec import Struct

from assessor.analysis.rbac.requests import Request
from assessor.analysis.rbac.usage.cells import ALL, cells_of, common, grants
from assessor.inventory.rbac import RBAC_GROUP, PolicyRule

SIGNING = "certificates.k8s.io"
CLAIMS = "resource.k8s.io"
AUTHENTICATION = "authentication.k8s.io"
WRITES = ("create", "update", "patch")

REQUEST_VERBS = frozenset(
    {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
)
"""Verbs of requests for resources ("Authorization Overview"); of others no event tells."""

STREAMS = ("pods/exec", "pods/attach", "pods/portforward")

IMPERSONATE = "impersonate"
"""The verb, and what those of constrained impersonation begin with: each event shows them."""


class Hidden(Struct, frozen=True):
    """A right, and ``asking`` the cells of requests in whose course the API server asks for it.

    Without any, it is others who ask, or nobody knows who. ``is_requested``: the right also has
    requests of its own, which have to be logged as well.
    """

    right: PolicyRule
    asking: tuple[PolicyRule, ...] = ()
    is_requested: bool = False


def _of(verb: str, group: str, resource: str, *asking: PolicyRule) -> Hidden:
    cells = tuple(cell for rule in asking for cell in cells_of(rule))
    return Hidden(PolicyRule((verb,), (group,), (resource,)), cells)


def _writes(group: str, *resources: str) -> PolicyRule:
    return PolicyRule(WRITES, (group,), resources)


GIVING = _of(
    *(ALL, ALL, ALL),
    _writes(RBAC_GROUP, "roles", "clusterroles", "rolebindings", "clusterrolebindings"),
)
"""Without ``bind`` or ``escalate``, who writes a role or a binding has to hold all that it grants,
URLs included ("Using RBAC Authorization", privilege escalation prevention): any right may have been
used so. Whether ``bind`` was enough cannot be told of an event that does not name the role."""

PARAMETERS = msgspec.structs.replace(
    _of(
        *("get", ALL, ALL),
        _writes(
            "admissionregistration.k8s.io",
            *("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
            *("mutatingadmissionpolicies", "mutatingadmissionpolicybindings"),
        ),
    ),
    is_requested=True,
)
"""Who writes a policy or its binding has to be allowed to read what it takes its parameters from
("Validating Admission Policy", parameter resources and authorization)."""


_KUBELET = (
    *("checkpoint", "configz", "flagz", "healthz", "log", "metrics", "pods", "proxy"),
    *("statusz", "stats"),
)

PASSING = (
    *(
        _of("bind", RBAC_GROUP, role, _writes(RBAC_GROUP, "rolebindings", "clusterrolebindings"))
        for role in ("roles", "clusterroles")
    ),
    *(
        _of("escalate", RBAC_GROUP, role, _writes(RBAC_GROUP, "roles", "clusterroles"))
        for role in ("roles", "clusterroles")
    ),
)
"""With these nothing has to be held that is given on."""

FOR_GIVING = frozenset({GIVING, *PASSING})
"""What need not be suspected of a write whose object is told: it is known (`giving.py`)."""

HIDDEN = (
    *PASSING,
    _of("approve", SIGNING, "signers", _writes(SIGNING, "certificatesigningrequests/approval")),
    _of(
        *("sign", SIGNING, "signers"),
        _writes(SIGNING, "certificatesigningrequests/status", "podcertificaterequests/status"),
    ),
    _of("attest", SIGNING, "signers", _writes(SIGNING, "clustertrustbundles")),
    _of("update", ALL, "*/finalizers", _writes(ALL, ALL)),
    *(
        _of(ALL, CLAIMS, resource, _writes(CLAIMS, "resourceclaims/status"))
        for resource in ("resourceclaims/binding", "resourceclaims/driver")
    ),
    *(_of(ALL, "", f"nodes/{sub}") for sub in _KUBELET),
    _of("use", "security.openshift.io", "securitycontextconstraints"),
    PARAMETERS,
)

KINDS, LONGEST_KIND = 4096, 256
"""Kinds of request whose rows are kept at hand, and how many characters these may have."""


def asked_in(request: Request) -> tuple[Hidden, ...]:
    """The rights that the API server may ask for in a request's course."""
    if request.path:
        return ()
    kind = request.verb, request.group, request.combined
    look_up = _asked_in if sum(map(len, kind)) <= LONGEST_KIND else _asked_in.__wrapped__
    return look_up(*kind)


@lru_cache(KINDS)
def _asked_in(verb: str, group: str, resource: str) -> tuple[Hidden, ...]:
    cell = PolicyRule((verb,), (group,), (resource,))
    return tuple(row for row in (*HIDDEN, GIVING) if any(grants(each, cell) for each in row.asking))


IMPERSONATED = tuple(
    PolicyRule((IMPERSONATE,), (group,), (resource,))
    for group, resource in (
        ("", "users"),
        ("", "groups"),
        ("", "serviceaccounts"),
        (AUTHENTICATION, ALL),
    )
)
"""What may be impersonated; a cell of all verbs on it holds the right to do so."""


def hidden_in(cell: PolicyRule) -> Iterator[tuple[Hidden, PolicyRule]]:
    """The rights of the table that a cell grants, each with that part of the cell."""
    for row in HIDDEN:
        part = common(cell, row.right)
        if part:
            yield row, part


def is_request(cell: PolicyRule) -> bool:
    """Whether a cell's use is a request to the API server that is logged as such.

    A URL may be another server's, which asks by review.
    """
    (verb,) = cell.verbs
    return not cell.non_resource_urls and (verb == ALL or verb in REQUEST_VERBS)


def impersonates(cell: PolicyRule) -> bool:
    """Whether a cell is, or holds, a right to act as somebody else."""
    (verb,) = cell.verbs
    if verb == ALL:
        return any(common(cell, each) for each in IMPERSONATED)
    return verb == IMPERSONATE or verb.startswith((f"{IMPERSONATE}:", f"{IMPERSONATE}-on:"))


def shown_by(cell: PolicyRule) -> Iterator[PolicyRule]:
    """The cells whose requests all have to be logged for an event to tell of each use of a cell.

    ``create`` is also used by updates and patches, and for streams into pods by ``get``.
    """
    yield cell
    if cell.verbs == ("create",):
        also = ("update", "patch", "get") if cell.resources[0] in STREAMS else ("update", "patch")
        yield from (msgspec.structs.replace(cell, verbs=(verb,)) for verb in also)


EVERYTHING = (
    PolicyRule((ALL,), (ALL,), (ALL,)),
    PolicyRule((ALL,), non_resource_urls=(ALL,)),
)
"""Impersonation shows in whatever is done by it."""

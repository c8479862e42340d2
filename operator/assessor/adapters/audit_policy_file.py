"""The file that kube-apiserver gets as --audit-policy-file."""

from typing import Literal

import msgspec
from msgspec import Struct, field

from assessor.adapters.manifests.strict import read_documents
from assessor.analysis.rbac.audit_policy import AuditRule, GroupResources
from assessor.kernel.errors import InputError


class WireResources(Struct, rename="camel", forbid_unknown_fields=True):
    """One entry of a rule's resources."""

    group: str = ""
    resources: list[str] = field(default_factory=list)
    resource_names: list[str] = field(default_factory=list)


class WireRule(Struct, rename="camel", forbid_unknown_fields=True):
    """One rule."""

    level: Literal["None", "Metadata", "Request", "RequestResponse"]
    users: list[str] = field(default_factory=list)
    user_groups: list[str] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    resources: list[WireResources] = field(default_factory=list)
    namespaces: list[str] = field(default_factory=list)
    non_resource_urls: list[str] = field(name="nonResourceURLs", default_factory=list)
    omit_stages: list[str] = field(default_factory=list)
    omit_managed_fields: bool | None = None


class WirePolicy(Struct, rename="camel", forbid_unknown_fields=True):
    """An audit.k8s.io/v1 Policy. A field that is not known might leave requests out: an error."""

    api_version: Literal["audit.k8s.io/v1"]
    kind: Literal["Policy"]
    rules: list[WireRule]
    omit_stages: list[str] = field(default_factory=list)
    omit_managed_fields: bool = False
    metadata: dict[str, object] = field(default_factory=dict)


def read_policy(path: str) -> tuple[AuditRule, ...]:
    """The policy's rules, in order; InputError names what is wrong and where."""
    found = read_documents(path)
    if len(found) != 1:
        raise InputError(f"{path}: one audit policy is expected, there are {len(found)} documents")
    try:
        policy = msgspec.convert(found[0].value, WirePolicy)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {error}") from error
    return tuple(_rule(rule, policy) for rule in policy.rules)


def _rule(wire: WireRule, policy: WirePolicy) -> AuditRule:
    return AuditRule(
        wire.level,
        tuple(wire.users),
        tuple(wire.user_groups),
        tuple(wire.verbs),
        tuple(
            GroupResources(each.group, tuple(each.resources), tuple(each.resource_names))
            for each in wire.resources
        ),
        tuple(wire.namespaces),
        tuple(wire.non_resource_urls),
        frozenset((*wire.omit_stages, *policy.omit_stages)),
    )

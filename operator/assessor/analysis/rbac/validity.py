"""What an API server would not store: for roles and bindings that come from files.

The rules are those of its validation of rbac.authorization.k8s.io/v1; a test lets a real one
refuse the same objects.
"""

from collections.abc import Iterator

from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, Subject

SUBJECT_KINDS = ("User", "Group", "ServiceAccount")
ROLE_KINDS = ("Role", "ClusterRole")


def faults(record: Role | RoleBinding) -> Iterator[str]:
    """What is wrong, each with its field; nothing where it is well."""
    if isinstance(record, Role):
        if record.aggregation == ():
            yield "aggregationRule.clusterRoleSelectors: at least one is needed"
        for number, rule in enumerate(record.rules):
            for fault in _of_rule(rule, urls=not record.meta.namespace):
                yield f"rules[{number}].{fault}"
        return
    yield from _of_role_ref(record)
    for number, subject in enumerate(record.subjects):
        for fault in _of_subject(subject):
            yield f"subjects[{number}].{fault}"


def _of_rule(rule: PolicyRule, *, urls: bool) -> Iterator[str]:
    if not rule.verbs:
        yield "verbs: at least one is needed"
    if not rule.non_resource_urls:
        if not rule.api_groups:
            yield 'apiGroups: at least one is needed; the core group is ""'
        if not rule.resources:
            yield "resources: at least one is needed"
        return
    if not urls:
        yield "nonResourceURLs: a Role grants no URLs"
    if rule.api_groups or rule.resources or rule.resource_names:
        yield "nonResourceURLs: a rule is about URLs or about resources, not both"


def _of_role_ref(binding: RoleBinding) -> Iterator[str]:
    kinds = ROLE_KINDS if binding.meta.namespace else ("ClusterRole",)
    if binding.role.kind not in kinds:
        yield f"roleRef.kind: {binding.role.kind!r} is not {' or '.join(kinds)}"


def _of_subject(subject: Subject) -> Iterator[str]:
    if subject.kind not in SUBJECT_KINDS:
        yield f"kind: {subject.kind!r} is not {', '.join(SUBJECT_KINDS)}"
    elif subject.kind == "ServiceAccount" and not subject.namespace:
        yield "namespace: a ClusterRoleBinding cannot fill it in"

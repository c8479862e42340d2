"""The role or binding that an audit event tells to have been written, where its level shows it.

Events at level Request hold what was sent, at RequestResponse what was stored as well ("Auditing").
"""

import msgspec
from msgspec import Struct, field

from assessor.analysis.rbac.uses import Given
from assessor.inventory.rbac import PolicyRule

MUTATION = "mutation.webhook.admission.k8s.io/"
"""What annotations about webhooks that may have changed an object begin with."""

MUTATED = '"mutated":true'
DIRECTIVE = "$"
"""What the keys begin with by which a strategic merge patch does other than replace."""

STORED = (200, 201)


class WireRule(Struct, rename="camel"):
    """One entry of rules."""

    verbs: list[str] | None = None
    api_groups: list[str] | None = None
    resources: list[str] | None = None
    resource_names: list[str] | None = None
    non_resource_urls: list[str] | None = field(name="nonResourceURLs", default=None)

    def view(self) -> PolicyRule:
        """As the analysis has it."""
        lists = (
            *(self.verbs, self.api_groups, self.resources),
            *(self.resource_names, self.non_resource_urls),
        )
        return PolicyRule(*(tuple(each or ()) for each in lists))


class WireRole(Struct, rename="camel"):
    """A Role or ClusterRole, or what a patch says of one."""

    rules: list[WireRule] | None = None
    aggregation_rule: dict[str, msgspec.Raw] | None = None


class WireRoleRef(Struct):
    """roleRef."""

    kind: str = ""
    name: str = ""


class WireBinding(Struct, rename="camel"):
    """A RoleBinding or ClusterRoleBinding, or what a patch says of one."""

    role_ref: WireRoleRef


class Written(Struct, frozen=True):
    """A write of a role or binding: ``code`` is the answer's, ``at`` when it was received."""

    verb: str
    resource: str
    namespace: str
    code: int
    at: str
    sent: msgspec.Raw
    stored: msgspec.Raw
    annotations: dict[str, str]


def given_by(written: Written) -> Given | None:
    """What was written, as far as the event tells it; None where it does not, or not for sure.

    What was stored is the whole. What was sent is so of a create or update, unless a webhook
    changed it; of a patch, only what it replaces as a whole: all rules, or the role of a binding.
    """
    try:
        return _given(written)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _given(written: Written) -> Given | None:
    stored = bytes(written.stored)
    if stored and written.code in STORED:
        return _view(written, stored)
    sent = bytes(written.sent)
    if not sent or _is_mutated(written):
        return None
    if written.verb == "patch" and not _replaces(written, sent):
        return None
    return _view(written, sent)


def _is_mutated(written: Written) -> bool:
    return any(
        key.startswith(MUTATION) and MUTATED in value.replace(" ", "")
        for key, value in written.annotations.items()
    )


def _replaces(written: Written, sent: bytes) -> bool:
    """Whether a patch says all that counts: lists of rules are replaced as a whole."""
    said = msgspec.json.decode(sent, type=dict[str, msgspec.Raw])
    wanted = "roleRef" if written.resource.endswith("bindings") else "rules"
    return wanted in said and not any(key.startswith(DIRECTIVE) for key in said)


def _view(written: Written, body: bytes) -> Given:
    refused = written.code in (401, 403)
    if written.resource.endswith("bindings"):
        ref = msgspec.json.decode(body, type=WireBinding).role_ref
        place = ("" if ref.kind == "ClusterRole" else written.namespace, ref.name)
        return Given(role=place, at=written.at, refused=refused)
    made = msgspec.json.decode(body, type=WireRole)
    rules = tuple(each.view() for each in made.rules or ())
    return Given(rules, aggregated=made.aggregation_rule is not None, refused=refused)

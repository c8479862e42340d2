"""Which wire struct and which projection belong to a kind."""

from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from assessor.inventory.decoding import (
    accounts,
    assessments,
    controllers,
    foreign,
    network,
    pods,
    rbac,
    secrets,
)
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.results import MalformedRecord, Record
from assessor.inventory.decoding.wire import WireObject
from assessor.inventory.kinds import ASSESSMENTS, SECRET_MAKER_KINDS, ObservedKind

T = TypeVar("T")
Projection = Callable[[Any, ObservedKind, Interner], Record]

UNDECODABLE = (msgspec.DecodeError, ValueError, RecursionError)
"""What a decoder raises: wrong JSON or types, invalid UTF-8, a projection's own refusal, depth."""


class WirePageMeta(Struct, rename="camel"):
    """metadata of a list."""

    resource_version: str
    continue_token: str = field(name="continue", default="")


class WirePage(Struct, Generic[T]):
    """A list; ``items`` is null where a Go server had an empty slice."""

    metadata: WirePageMeta
    items: list[T] | None = None


class Codec:
    """The decoders and the projection of one kind."""

    def __init__(self, wire: Any, project: Projection) -> None:
        """``wire``: the kind's wire struct, a WireObject."""
        self.page: msgspec.json.Decoder[WirePage[WireObject]] = msgspec.json.Decoder(WirePage[wire])
        self.item: msgspec.json.Decoder[WireObject] = msgspec.json.Decoder(wire)
        self.project = project


RAW_PAGE: msgspec.json.Decoder[WirePage[Raw]] = msgspec.json.Decoder(WirePage[Raw])

_SPECIAL: dict[tuple[str, str], tuple[Any, Projection]] = {
    ("", "Namespace"): (accounts.WireNamespace, accounts.project_namespace),
    ("", "Pod"): (pods.WirePod, pods.project_pod),
    ("", "ServiceAccount"): (accounts.WireServiceAccount, accounts.project_service_account),
    ("", "Service"): (network.WireService, network.project_service),
    ("networking.k8s.io", "NetworkPolicy"): (
        network.WireNetworkPolicy,
        network.project_network_policy,
    ),
    ("rbac.authorization.k8s.io", "Role"): (rbac.WireRole, rbac.project_role),
    ("rbac.authorization.k8s.io", "ClusterRole"): (rbac.WireRole, rbac.project_role),
    ("rbac.authorization.k8s.io", "RoleBinding"): (
        rbac.WireRoleBinding,
        rbac.project_role_binding,
    ),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (
        rbac.WireRoleBinding,
        rbac.project_role_binding,
    ),
    ("batch", "Job"): (controllers.WireJob, controllers.project_job),
    ("batch", "CronJob"): (controllers.WireCronJob, controllers.project_cron_job),
    ("", "ConfigMap"): (secrets.WireConfigMap, secrets.project_config_map),
    ("", "Secret"): (secrets.WireSecret, secrets.project_secret),
    (ASSESSMENTS.group, ASSESSMENTS.kind): (
        assessments.WireAssessment,
        assessments.project_assessment,
    ),
    **{
        (kind.group, kind.kind): (secrets.WireMaker, secrets.project_maker)
        for kind in SECRET_MAKER_KINDS
    },
}


@cache
def codec_of(group: str, kind: str) -> Codec:
    """The codec of a kind, whatever the version: only what versions have in common is read."""
    if special := _SPECIAL.get((group, kind)):
        return Codec(*special)
    if group in ("", "apps", "batch"):
        return Codec(controllers.WireController, controllers.project_controller)
    if group == foreign.POLICY_API_GROUP:
        return Codec(foreign.WireSubjectPolicy, foreign.project_subject_policy)
    return Codec(foreign.WireOpaquePolicy, foreign.project_opaque_policy)


class _LooseMeta(Struct):
    name: Any = ""
    namespace: Any = ""
    uid: Any = ""


class _LooseObject(Struct):
    metadata: Raw = Raw(b"{}")


def malformed(raw: Raw, error: Exception) -> MalformedRecord:
    """What can still be said of an object that ``error`` tells is malformed."""
    meta = _loose_meta(raw)
    name, namespace, uid = (
        part if isinstance(part, str) else "" for part in (meta.name, meta.namespace, meta.uid)
    )
    return MalformedRecord(namespace, name, uid, str(error))


def _loose_meta(raw: Raw) -> _LooseMeta:
    try:
        outer = msgspec.json.decode(raw, type=_LooseObject)
        return msgspec.json.decode(outer.metadata, type=_LooseMeta)
    except UNDECODABLE:
        return _LooseMeta()

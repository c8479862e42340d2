"""Which wire struct and which projection belong to a kind.

All decoders are made here, on import. Large pages are decoded in threads, and msgspec publishes
what it learns of a struct before it has learnt all of it: a second thread that meets the same
struct for the first time at that moment ends the process (msgspec 0.22, a null pointer).
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from assessor.inventory.decoding import (
    accounts,
    admin_network,
    assessments,
    controllers,
    foreign,
    ingress,
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

_CODECS: dict[tuple[str, str], Codec] = {
    ("", "Namespace"): Codec(accounts.WireNamespace, accounts.project_namespace),
    ("", "Pod"): Codec(pods.WirePod, pods.project_pod),
    ("", "ServiceAccount"): Codec(accounts.WireServiceAccount, accounts.project_service_account),
    ("", "Service"): Codec(network.WireService, network.project_service),
    ("networking.k8s.io", "NetworkPolicy"): Codec(
        network.WireNetworkPolicy,
        network.project_network_policy,
    ),
    ("networking.k8s.io", "Ingress"): Codec(ingress.WireIngress, ingress.project_ingress),
    ("route.openshift.io", "Route"): Codec(ingress.WireRoute, ingress.project_route),
    ("rbac.authorization.k8s.io", "Role"): Codec(rbac.WireRole, rbac.project_role),
    ("rbac.authorization.k8s.io", "ClusterRole"): Codec(rbac.WireRole, rbac.project_role),
    ("rbac.authorization.k8s.io", "RoleBinding"): Codec(
        rbac.WireRoleBinding,
        rbac.project_role_binding,
    ),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): Codec(
        rbac.WireRoleBinding,
        rbac.project_role_binding,
    ),
    ("batch", "Job"): Codec(controllers.WireJob, controllers.project_job),
    ("batch", "CronJob"): Codec(controllers.WireCronJob, controllers.project_cron_job),
    ("", "ConfigMap"): Codec(secrets.WireConfigMap, secrets.project_config_map),
    ("", "Secret"): Codec(secrets.WireSecret, secrets.project_secret),
    (ASSESSMENTS.group, ASSESSMENTS.kind): Codec(
        assessments.WireAssessment,
        assessments.project_assessment,
    ),
    **{
        (kind.group, kind.kind): Codec(secrets.WireMaker, secrets.project_maker)
        for kind in SECRET_MAKER_KINDS
    },
}
_CONTROLLER = Codec(controllers.WireController, controllers.project_controller)
_ADMIN_POLICY = Codec(admin_network.WireAdminPolicy, admin_network.project_admin_policy)
_OPAQUE_POLICY = Codec(foreign.WireOpaquePolicy, foreign.project_opaque_policy)


def codec_of(group: str, kind: str) -> Codec:
    """The codec of a kind, whatever the version: only what versions have in common is read."""
    if special := _CODECS.get((group, kind)):
        return special
    if group in ("", "apps", "batch"):
        return _CONTROLLER
    if group == admin_network.POLICY_API_GROUP:
        return _ADMIN_POLICY
    return _OPAQUE_POLICY


class _LooseMeta(Struct):
    name: Any = ""
    namespace: Any = ""
    uid: Any = ""


class _LooseObject(Struct):
    metadata: Raw = Raw(b"{}")


_LOOSE_OBJECT = msgspec.json.Decoder(_LooseObject)
_LOOSE_META = msgspec.json.Decoder(_LooseMeta)


def malformed(raw: Raw, error: Exception) -> MalformedRecord:
    """What can still be said of an object that ``error`` tells is malformed."""
    meta = _loose_meta(raw)
    name, namespace, uid = (
        part if isinstance(part, str) else "" for part in (meta.name, meta.namespace, meta.uid)
    )
    return MalformedRecord(namespace, name, uid, str(error))


def _loose_meta(raw: Raw) -> _LooseMeta:
    try:
        return _LOOSE_META.decode(_LOOSE_OBJECT.decode(raw).metadata)
    except UNDECODABLE:
        return _LooseMeta()

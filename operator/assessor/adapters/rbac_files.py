"""Roles and bindings in files, as far as an API server would take them."""

from collections.abc import Sequence

from assessor.adapters.manifests.strict import Manifest, read_manifests
from assessor.analysis.rbac.aggregation import expanded
from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.questions import Knowledge
from assessor.analysis.rbac.validity import faults
from assessor.inventory.kinds import RBAC_KINDS
from assessor.inventory.rbac import Role, RoleBinding
from assessor.kernel.errors import InputError


def read_rbac(paths: Sequence[str], *, namespace: str) -> Knowledge:
    """The roles and bindings of files, with aggregated ClusterRoles filled; InputError.

    ``namespace`` is where objects are that do not say it.
    """
    records = [
        _accepted(manifest) for manifest in read_manifests(paths, RBAC_KINDS, namespace=namespace)
    ]
    roles = expanded(record for record in records if isinstance(record, Role))
    bindings = [record for record in records if isinstance(record, RoleBinding)]
    return Knowledge(Directory(roles, bindings), partial=True)


def _accepted(manifest: Manifest) -> Role | RoleBinding:
    record = manifest.record
    if not isinstance(record, Role | RoleBinding):
        raise TypeError(f"{manifest.place}: {type(record).__name__} among the RBAC kinds")
    for fault in faults(record):
        raise InputError(f"{manifest.place}: {record.ref}: {fault}")
    return record

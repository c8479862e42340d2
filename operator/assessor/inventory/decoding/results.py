"""What decoding yields: a record, or what is known of an object that is none."""

from msgspec import Struct

from assessor.inventory.assessments import AssessmentRecord
from assessor.inventory.credentials import ConfigMap, SecretMaker, SourceSecret
from assessor.inventory.network import ForeignPolicy, NetworkPolicy, Service
from assessor.inventory.rbac import Role, RoleBinding
from assessor.inventory.workloads import Namespace, Pod, ServiceAccount, Workload

Record = (
    Namespace
    | Pod
    | Workload
    | ServiceAccount
    | NetworkPolicy
    | Service
    | ForeignPolicy
    | Role
    | RoleBinding
    | ConfigMap
    | SecretMaker
    | SourceSecret
    | AssessmentRecord
)
"""The view of one object of an observed kind."""


class MalformedRecord(Struct, frozen=True):
    """An object that is there but does not have its kind's shape: evidence that is missing.

    ``namespace``, ``name`` and ``uid`` are ``""`` where not even they could be read; ``message``
    says what is wrong, with the field's path where one is to blame.
    """

    namespace: str
    name: str
    uid: str
    message: str

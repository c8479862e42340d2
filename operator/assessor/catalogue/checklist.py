"""The 64 controls, joined from the nine sections."""

from assessor.catalogue.controls import Control
from assessor.catalogue.sections.audit import AUDIT
from assessor.catalogue.sections.authentication import AUTHENTICATION
from assessor.catalogue.sections.authorization import AUTHORIZATION
from assessor.catalogue.sections.cluster import CLUSTER
from assessor.catalogue.sections.images import IMAGES
from assessor.catalogue.sections.network import NETWORK
from assessor.catalogue.sections.nodes import NODES
from assessor.catalogue.sections.secrets import SECRETS
from assessor.catalogue.sections.workloads import WORKLOADS

CATALOGUE_VERSION = "1.0.0"
"""Semantic: a new major version may judge the same namespace differently."""

CONTROLS: tuple[Control, ...] = tuple(
    sorted(
        (
            *AUTHENTICATION,
            *AUTHORIZATION,
            *SECRETS,
            *CLUSTER,
            *AUDIT,
            *NODES,
            *NETWORK,
            *WORKLOADS,
            *IMAGES,
        ),
        key=lambda control: control.id,
    )
)
"""All controls, sorted by id; docs/design/controls.md says how each is judged."""

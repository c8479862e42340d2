"""Definitions of the kinds that only some clusters serve, of any fields: enough to be read."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from assessor.inventory.kinds import ObservedKind
from tests.integration.kube import Json

ANY_FIELDS = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
APPROVAL = {"api-approved.kubernetes.io": "unapproved, served for a test"}
"""What the API server asks for in groups of Kubernetes' own."""


def definitions(kinds: Iterable[ObservedKind]) -> Iterator[Json]:
    """One CustomResourceDefinition for each resource, with all versions that are read."""
    for (group, plural), versions in groupby(kinds, key=lambda kind: (kind.group, kind.plural)):
        served = list(versions)
        yield {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}", "annotations": APPROVAL},
            "spec": {
                "group": group,
                "scope": "Namespaced" if served[0].namespaced else "Cluster",
                "names": {"plural": plural, "kind": served[0].kind},
                "versions": [
                    {
                        "name": kind.version,
                        "served": True,
                        "storage": kind is served[0],
                        "schema": {"openAPIV3Schema": ANY_FIELDS},
                    }
                    for kind in served
                ],
            },
        }

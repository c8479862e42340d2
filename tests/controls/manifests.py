"""Snapshots from manifests, through the decoder that the operator itself uses."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

import assessor.checks
from assessor.adapters.gathered import Gathered
from assessor.adapters.listed import Listed
from assessor.adapters.rbac_index import index_of
from assessor.adapters.store import Store
from assessor.catalogue.checks import Check, Problem
from assessor.engine.running import subjects
from assessor.inventory.decoding import decode_list
from assessor.inventory.kinds import (
    CORE_KINDS,
    OPTIONAL_KINDS,
    RBAC_KINDS,
    SOURCE_KINDS,
    Evidence,
    ObservedKind,
)
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot

EXAMPLES = Path(assessor.checks.__path__[0]) / "examples"
CORE = (*CORE_KINDS, *SOURCE_KINDS)
KINDS = {(kind.api_version, kind.kind): kind for kind in (*CORE, *OPTIONAL_KINDS)}
GIVEN = """
- {apiVersion: v1, kind: Namespace, metadata: {name: example}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: example}}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: edit}
  rules:
  - {apiGroups: [""], resources: [secrets], verbs: [get, list, watch, create]}
  - {apiGroups: [apps], resources: [deployments], verbs: [create, update]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: view}
  rules: [{apiGroups: [""], resources: [pods], verbs: [get, list, watch]}]
"""
"""What every cluster and every namespace of it has, of the built-in roles a part."""


def snapshot_of(text: str, *, everywhere: bool = True) -> Snapshot:
    """The namespace `example` with the objects of ``text``, a YAML stream."""
    return snapshot_of_objects(filter(None, yaml.safe_load_all(text)), everywhere=everywhere)


def snapshot_of_objects(
    objects: Iterable[dict[str, Any]],
    *,
    everywhere: bool = True,
    forbidden: Evidence | None = None,
) -> Snapshot:
    """The namespace `example` with these objects, which get its name and a UID.

    Of a kind that is ``forbidden`` nothing is known.
    """
    documents = [*yaml.safe_load(GIVEN), *objects]
    by_kind = defaultdict(list)
    for uid, manifest in enumerate(documents):
        manifest["metadata"]["uid"] = str(uid)
        by_kind[KINDS[manifest["apiVersion"], manifest["kind"]]].append(manifest)

    def listed(kind: ObservedKind) -> Listed:
        if kind.evidence is forbidden:
            return Listed(kind, stored(kind, []), EvidenceGap(forbidden, GapReason.FORBIDDEN))
        return Listed(kind, stored(kind, by_kind[kind]))

    core = {kind.evidence: listed(kind) for kind in CORE}
    optional = tuple(map(listed, OPTIONAL_KINDS))
    rbac = index_of(entry for kind in RBAC_KINDS for entry in core[kind.evidence].store)
    return Gathered(core, optional, rbac, everywhere=everywhere).snapshot("example")


def stored(kind: ObservedKind, objects: list[dict[str, Any]]) -> Store:
    """Views of the objects, as if a cluster had listed them; the last of one name wins."""
    listed = {"metadata": {"resourceVersion": "1"}, "items": objects}
    page = decode_list(kind, json.dumps(listed).encode())
    assert not page.malformed, page.malformed
    store = Store(namespaced=kind.namespaced)
    store.replace(page.records)
    return store


def problems_of(check: Check, snapshot: Snapshot) -> list[Problem]:
    """What the check finds, over all its subjects."""
    return [
        problem
        for _, subject in subjects(check.over, snapshot).subjects
        for problem in check.run(subject, snapshot)
    ]

"""Snapshots from manifests, through the decoder that the operator itself uses."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from assessor.catalogue.checks import Check, Problem, Subjects
from assessor.inventory.decoding import decode_list
from assessor.inventory.decoding.results import Record
from assessor.inventory.kinds import CORE_KINDS
from assessor.inventory.network import NetworkPolicy, Service
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace, Pod, ServiceAccount, Workload

EXAMPLES = Path(__file__).parent
KINDS = {(kind.api_version, kind.kind): kind for kind in CORE_KINDS}
GIVEN = """
- {apiVersion: v1, kind: Namespace, metadata: {name: example}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: example}}
"""
"""What every namespace of a cluster has."""


def snapshot_of(text: str) -> Snapshot:
    """The namespace `example` with the objects of ``text``, a YAML stream."""
    records = decode([*yaml.safe_load(GIVEN), *filter(None, yaml.safe_load_all(text))])
    return Snapshot(
        namespace=only(records, Namespace)[-1],
        pods=only(records, Pod),
        workloads=only(records, Workload),
        service_accounts=only(records, ServiceAccount),
        network_policies=only(records, NetworkPolicy),
        services=only(records, Service),
    )


def decode(objects: list[dict[str, Any]]) -> list[Record]:
    """Views of the objects, as if a cluster had listed them."""
    by_kind = defaultdict(list)
    for uid, manifest in enumerate(objects):
        manifest["metadata"]["uid"] = str(uid)
        by_kind[KINDS[manifest["apiVersion"], manifest["kind"]]].append(manifest)
    records: list[Record] = []
    for kind, items in by_kind.items():
        page = decode_list(
            kind, json.dumps({"metadata": {"resourceVersion": "1"}, "items": items}).encode()
        )
        assert not page.malformed, page.malformed
        records += page.records
    return records


def only(records: list[Record], of: type[Any]) -> tuple[Any, ...]:
    """The views of one type."""
    return tuple(record for record in records if isinstance(record, of))


def problems_of(check: Check, snapshot: Snapshot) -> list[Problem]:
    """What the check finds, over all its subjects."""
    subjects: dict[Subjects, tuple[Any, ...]] = {
        Subjects.NAMESPACE: (snapshot.namespace,),
        Subjects.ROOTS: snapshot.roots,
        Subjects.NETWORK_POLICIES: snapshot.network_policies,
        Subjects.SERVICE_ACCOUNTS: snapshot.service_accounts,
    }
    return [problem for subject in subjects[check.over] for problem in check.run(subject, snapshot)]

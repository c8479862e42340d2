"""A control plane of its own with the operator as it is installed: Deployment, pods and all."""

import os
from collections.abc import Iterator

import pytest

from playground import binary, installation
from playground.controlplane import ControlPlane


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    """A control plane with DNS, a namespace `monitoring` with a Prometheus, and the CRDs."""
    with ControlPlane(binary.find(os.environ)) as running:  # noqa: TID251 - names the binary
        running.apply(installation.custom_resources())
        running.apply([*installation.surroundings(), *prometheus()])
        yield running


def prometheus() -> list[dict[str, object]]:
    """Who scrapes, as far as the API shows it."""
    meta = {"name": "prometheus", "namespace": "monitoring"}
    pod = {
        "automountServiceAccountToken": False,
        "containers": [{"name": "prometheus", "image": "prom/prometheus:v3.8.0"}],
    }
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "monitoring"}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta},
        {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": pod},
    ]

"""A cluster's network as files tell it."""

from collections.abc import Sequence

from assessor.adapters.manifests.strict import read_manifests
from assessor.adapters.netpol_state import KINDS, state_of
from assessor.analysis.netpol.state import State


def read_state(paths: Sequence[str], *, namespace: str) -> State:
    """The namespaces, workloads, Services, ways in and policies of files; InputError.

    ``namespace`` is where objects are that do not say it.
    """
    manifests = read_manifests(paths, KINDS, namespace=namespace)
    return state_of(manifest.record for manifest in manifests)

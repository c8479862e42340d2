"""Plain manifests as the product reads them."""

import msgspec

from assessor.adapters.manifests.objects import page_of
from assessor.adapters.netpol_state import KINDS, state_of
from assessor.analysis.netpol.evaluator import PodAddresses
from assessor.analysis.netpol.state import Network, State
from assessor.inventory.decoding import Interner, decode_list
from tests.conformance.netpol_brute import Json, World

KIND_OF = {(kind.api_version, kind.kind): kind for kind in KINDS}


def read(world: World, *more: Json) -> State:
    """The cluster's state with more objects, by the decoders of the operator."""
    items: dict[tuple[str, str], list[bytes]] = {}
    for manifest in (*world.namespaces, *world.pods, *world.policies, *world.admin, *more):
        key = (manifest["apiVersion"], manifest["kind"])
        items.setdefault(key, []).append(msgspec.json.encode(manifest))
    interner = Interner()
    pages = [decode_list(KIND_OF[key], page_of(each), interner) for key, each in items.items()]
    assert not any(page.malformed for page in pages)
    return state_of(record for page in pages for record in page.records)


def network_of(world: World, mode: PodAddresses) -> Network:
    """The cluster, ready to be asked."""
    return read(world).evaluator(mode)

"""Everything that an assessment needs, each kind listed once: by an API server, or by files."""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from assessor.adapters.composition import compose
from assessor.adapters.listed import Listed
from assessor.adapters.peer_index import PeerIndex, peer_index_of
from assessor.adapters.rbac_index import RbacIndex
from assessor.inventory.kinds import Evidence
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.errors import InputError


class Gathered(Struct, frozen=True, dict=True):
    """All kinds, each listed once; of one namespace, or of all."""

    core: Mapping[Evidence, Listed]
    optional: tuple[Listed, ...]
    rbac: RbacIndex
    everywhere: bool
    undiscovered: Mapping[Evidence, str] = {}
    """Of which optional kinds nobody knows whether they are there, and why."""
    confined: bool = False
    """Whether snapshots tell no more than a status may (compose)."""

    @cached_property
    def peers(self) -> PeerIndex:
        """Whom policies mean in other namespaces."""
        return peer_index_of(self.core)

    def namespaces(self) -> tuple[str, ...]:
        """The names of the namespaces that were seen, sorted."""
        return tuple(sorted(self.core[Evidence.NAMESPACES].store.names()))

    def snapshot(self, namespace: str) -> Snapshot:
        """What was seen of one namespace; InputError where there is none of that name."""
        made = compose(
            namespace,
            self.core,
            self.optional,
            self.rbac,
            None if self.confined else self.peers,
            undiscovered=self.undiscovered,
            everywhere=self.everywhere,
        )
        if made is None:
            raise InputError(f"there is no namespace {namespace!r}")
        return made

"""How a command is told where roles and bindings are: in a cluster, or in files."""

import asyncio
from pathlib import Path

from msgspec import Struct

from assessor.adapters.rbac_files import read_rbac
from assessor.adapters.rbac_lister import list_rbac
from assessor.analysis.rbac.asking import DEFAULT_NAMESPACE
from assessor.analysis.rbac.questions import Knowledge
from assessor.cli import cluster_options
from assessor.cli.cluster_options import Command, credential_source, one_shot_client


class Source(Struct, frozen=True):
    """Where the roles and bindings are: in files, or else in a cluster."""

    files: tuple[str, ...]
    kubeconfig: Path | None
    context: str | None

    def read(self, namespace: str | None, *, default: str | None) -> Knowledge:
        """Those of the cluster and of one namespace: None is all of them, ``""`` none.

        ``default``: where objects in files are that do not say it.
        """
        if self.files:
            return read_rbac(self.files, namespace=default or DEFAULT_NAMESPACE)
        return asyncio.run(self._list(namespace))

    async def _list(self, namespace: str | None) -> Knowledge:
        async with one_shot_client(credential_source(self.kubeconfig, self.context)) as client:
            return await list_rbac(client, namespace)


def source_options(command: Command) -> Command:
    """Add -f, --kubeconfig and --context."""
    return cluster_options.source_options(
        command, besides=" They tell what they grant, not what a cluster has besides."
    )

"""How a command is told where roles and bindings are: in a cluster, or in files."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from assessor.adapters.api_client import ApiClient
from assessor.adapters.clock import SystemClock
from assessor.adapters.rbac_files import read_rbac
from assessor.adapters.rbac_lister import list_rbac
from assessor.analysis.rbac.asking import DEFAULT_NAMESPACE
from assessor.analysis.rbac.questions import Knowledge
from assessor.cli.cluster_options import cluster_options, credential_source

REQUEST_TIMEOUT = 60.0
"""Seconds."""

Command = Callable[..., Any]


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
        source = credential_source(self.kubeconfig, self.context)
        client = ApiClient(source, SystemClock(), request_timeout=REQUEST_TIMEOUT)
        try:
            return await list_rbac(client, namespace)
        finally:
            await client.aclose()


def source_options(command: Command) -> Command:
    """Add -f, --kubeconfig and --context."""
    files = click.option(
        "-f",
        "--filename",
        "files",
        multiple=True,
        help="Ask files instead of a cluster: YAML or JSON, a directory at any depth, or - for"
        " stdin; may be repeated. They tell what they grant, not what a cluster has besides.",
    )
    decorated: Command = files(cluster_options(command))
    return decorated

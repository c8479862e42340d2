"""How a command is told which cluster to ask, and how it then reaches it."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click

from assessor.adapters.api_client import ApiClient
from assessor.adapters.clock import SystemClock
from assessor.adapters.credentials import (
    Connection,
    CredentialSource,
    ServiceAccountCredentials,
)
from assessor.adapters.kubeconfig import load_with_plugins

REQUEST_TIMEOUT = 60.0
"""Seconds."""

Command = Callable[..., Any]

IN_CLUSTER = "KUBERNETES_SERVICE_HOST"
"""Set in every pod (Kubernetes, "Accessing the Kubernetes API from a Pod")."""


def cluster_options(command: Command) -> Command:
    """Add --kubeconfig and --context."""
    context = click.option("--context", help="Context of the kubeconfig; its current one.")
    kubeconfig = click.option(
        "--kubeconfig",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Kubeconfig to use; by default $KUBECONFIG, ~/.kube/config, or in a pod its"
        " service account.",
    )
    decorated: Command = kubeconfig(context(command))
    return decorated


def source_options(command: Command, *, besides: str = "") -> Command:
    """Add -f, --kubeconfig and --context; ``besides``: what else the help says of files."""
    files = click.option(
        "-f",
        "--filename",
        "files",
        multiple=True,
        help="Ask files instead of a cluster: YAML or JSON, a directory at any depth, or - for"
        f" stdin; may be repeated.{besides}",
    )
    decorated: Command = files(cluster_options(command))
    return decorated


@asynccontextmanager
async def one_shot_client(source: CredentialSource) -> AsyncIterator[ApiClient]:
    """A client for one command, closed after it."""
    client = ApiClient(source, SystemClock(), request_timeout=REQUEST_TIMEOUT)
    try:
        yield client
    finally:
        await client.aclose()


def credential_source(kubeconfig: Path | None, context: str | None) -> CredentialSource:
    """Where a one-shot command's credentials come from, in kubectl's order; CredentialsError."""
    environment = os.environ  # noqa: TID251 - the command line's own
    several = environment.get("KUBECONFIG", "")
    file = kubeconfig or _only_file(several)
    if not (file or context or several) and environment.get(IN_CLUSTER):
        return ServiceAccountCredentials(environment=environment)
    return _Fixed(load_with_plugins(file, context))


def _only_file(several: str) -> Path | None:
    """The file that is meant where none is named; None where there is none, or where it is many."""
    if several:
        return None if os.pathsep in several else Path(several)
    default = Path.home() / ".kube" / "config"
    return default if default.exists() else None


class _Fixed:
    """Credentials that a single command does not outlive."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def current(self) -> Connection:
        return self._connection

    def reload(self) -> Connection:
        return self._connection

"""The part of a kubeconfig that needs no plugin; its format is client-go's clientcmd/api/v1."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import msgspec
import yaml
from msgspec import Struct, field

from assessor.kernel.errors import CredentialsError


class ClusterEntry(Struct, rename="kebab"):
    """``clusters[].cluster``."""

    server: str
    ca_file: str | None = field(name="certificate-authority", default=None)
    ca_data: str | None = field(name="certificate-authority-data", default=None)
    insecure: bool = field(name="insecure-skip-tls-verify", default=False)
    tls_server_name: str | None = None
    proxy_url: str | None = None


class UserEntry(Struct, rename="kebab"):
    """``users[].user``; of what is not supported only its presence matters."""

    token: str | None = None
    token_file: str | None = field(name="tokenFile", default=None)
    certificate_file: str | None = field(name="client-certificate", default=None)
    certificate_data: str | None = field(name="client-certificate-data", default=None)
    key_file: str | None = field(name="client-key", default=None)
    key_data: str | None = field(name="client-key-data", default=None)
    exec: Any = None
    auth_provider: Any = None
    username: Any = None


class _Context(Struct):
    cluster: str
    user: str = ""


class _NamedCluster(Struct):
    name: str
    cluster: ClusterEntry


class _NamedUser(Struct):
    name: str
    user: UserEntry | None = None


class _NamedContext(Struct):
    name: str
    context: _Context


class _Kubeconfig(Struct, rename="kebab"):
    clusters: list[_NamedCluster] | None = None
    users: list[_NamedUser] | None = None
    contexts: list[_NamedContext] | None = None
    current_context: str | None = None


class _Named(Protocol):
    name: str


N = TypeVar("N", bound=_Named)


def select(text: str, where: str, context: str | None) -> tuple[ClusterEntry, UserEntry]:
    """Pick the cluster and the user of a context; CredentialsError begins with ``where``."""
    config = _parse(text, where)
    name = context or config.current_context
    if not name:
        raise CredentialsError(f"{where}: has no current-context, and no context was named")
    chosen = _find(config.contexts, name, f"{where}: no context {name!r}").context
    cluster = _find(config.clusters, chosen.cluster, f"{where}: no cluster {chosen.cluster!r}")
    if not chosen.user:
        return cluster.cluster, UserEntry()
    user = _find(config.users, chosen.user, f"{where}: no user {chosen.user!r}")
    return cluster.cluster, user.user or UserEntry()


def decode_data(data: str, where: str) -> bytes:
    """Decode a ``*-data`` field; CredentialsError begins with ``where``."""
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CredentialsError(f"{where}: is not base64: {error}") from error


def _parse(text: str, where: str) -> _Kubeconfig:
    try:
        return msgspec.convert(yaml.safe_load(text), type=_Kubeconfig)
    except yaml.YAMLError as error:
        # Its own message may quote the line, and the line may hold a token.
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise CredentialsError(f"{where}: is not YAML{line}") from None
    except msgspec.ValidationError as error:
        raise CredentialsError(f"{where}: {error}") from error


def _find(entries: Sequence[N] | None, name: str, missing: str) -> N:
    """Pick the entry called ``name``; the first one counts, as in kubectl."""
    found = next((entry for entry in entries or () if entry.name == name), None)
    if found is None:
        known = ", ".join(entry.name for entry in entries or ()) or "none"
        raise CredentialsError(f"{missing}; there are: {known}")
    return found

"""How to reach the API server, and as whom: from a service account or from a plain kubeconfig."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct

from assessor.adapters.files import FileSet, Stamp
from assessor.adapters.kubeconfig_file import ClusterEntry, UserEntry, decode_data, select
from assessor.kernel.errors import CredentialsError

SERVICE_ACCOUNT_DIRECTORY = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where the kubelet projects the token (Kubernetes, "Accessing the Kubernetes API from a Pod")."""


class TlsIdentity(NamedTuple):
    """The part of a connection that its TLS context is made of."""

    ca_file: str | None
    ca_data: bytes | None
    client_certificate_file: str | None
    client_certificate_data: bytes | None
    client_key_file: str | None
    client_key_data: bytes | None
    insecure: bool
    stamps: tuple[Stamp, ...]


class Connection(Struct, frozen=True, kw_only=True):
    """One way to reach one API server; equal connections are used alike.

    Of each ``*_file`` and ``*_data`` at most one is set; data is PEM. ``stamps`` are those of the
    named files, so that a renewed certificate makes another connection.
    """

    server: str
    ca_file: str | None = None
    ca_data: bytes | None = None
    client_certificate_file: str | None = None
    client_certificate_data: bytes | None = None
    client_key_file: str | None = None
    client_key_data: bytes | None = None
    token: str | None = None
    insecure: bool = False
    tls_server_name: str | None = None
    proxy_url: str | None = None
    stamps: tuple[Stamp, ...] = ()

    @property
    def tls(self) -> TlsIdentity:
        """What a TLS context is made of."""
        return TlsIdentity(
            self.ca_file,
            self.ca_data,
            self.client_certificate_file,
            self.client_certificate_data,
            self.client_key_file,
            self.client_key_data,
            self.insecure,
            self.stamps,
        )

    def __repr__(self) -> str:
        """Name the server alone: tokens and keys must not get into logs."""
        return f"Connection(server={self.server!r})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        """As ``__repr__``: rich would show all fields."""
        return [("server", self.server)]


class CredentialSource(Protocol):
    """Where connections come from; both methods may be called from any thread."""

    def current(self) -> Connection:
        """The connection, read anew where its files have changed; CredentialsError."""

    def reload(self) -> Connection:
        """The connection, read anew in any case: asked after a 401; CredentialsError."""


class _FromFiles:
    """A source that reads files, and again when one of them is another than before."""

    def __init__(self) -> None:
        # One reference, swapped as a whole: kopf's thread asks too.
        self._held: tuple[Connection, FileSet] | None = None

    def current(self) -> Connection:
        """The connection, read anew where its files have changed; CredentialsError."""
        held = self._held
        return held[0] if held and held[1].unchanged() else self.reload()

    def reload(self) -> Connection:
        """The connection, read anew in any case; CredentialsError."""
        files = FileSet()
        connection = self._read(files)
        self._held = connection, files
        return connection

    def _read(self, files: FileSet) -> Connection:
        raise NotImplementedError


class ServiceAccountCredentials(_FromFiles):
    """The pod's own service account, as the kubelet mounts and renews it."""

    def __init__(
        self,
        *,
        environment: Mapping[str, str],
        directory: Path = SERVICE_ACCOUNT_DIRECTORY,
    ) -> None:
        """``environment`` tells KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT."""
        super().__init__()
        self._environment, self._directory = environment, directory

    def _read(self, files: FileSet) -> Connection:
        server = self._server()
        ca_file = str(self._directory / "ca.crt")
        return Connection(
            server=server,
            token=_token(files, str(self._directory / "token")),
            ca_file=ca_file,
            stamps=(files.use(ca_file),),
        )

    def _server(self) -> str:
        host = self._environment.get("KUBERNETES_SERVICE_HOST")
        port = self._environment.get("KUBERNETES_SERVICE_PORT")
        if not host or not port:
            raise CredentialsError(
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: outside of a pod "
                "a kubeconfig is needed"
            )
        return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def own_namespace(directory: Path = SERVICE_ACCOUNT_DIRECTORY) -> str | None:
    """The namespace of the pod that this runs in; None outside of one."""
    try:
        return (directory / "namespace").read_text(encoding="ascii").strip() or None
    except OSError:
        return None


class KubeconfigCredentials(_FromFiles):
    """One context of one kubeconfig, without plugins.

    The operator reads it without the ``kubernetes`` package, which would cost 20-50 MiB.
    """

    def __init__(self, path: Path, context: str | None = None) -> None:
        """``context``: the current one where it is None."""
        super().__init__()
        self._path, self._context = path, context

    def _read(self, files: FileSet) -> Connection:
        where = str(self._path)
        cluster, user = select(files.read(where), where, self._context)
        _refuse_unsupported(user, where)
        return _KubeconfigReader(files, self._path.absolute().parent, where).connection(
            cluster, user
        )


class _KubeconfigReader:
    """Turns the entries of one kubeconfig into a connection."""

    def __init__(self, files: FileSet, base: Path, where: str) -> None:
        self._files, self._base, self._where = files, base, where
        self._stamps: list[Stamp] = []

    def connection(self, cluster: ClusterEntry, user: UserEntry) -> Connection:
        """Read the connection; relative paths are relative to the kubeconfig."""
        ca = self._pem("certificate-authority", cluster.ca_file, cluster.ca_data)
        certificate = self._pem("client-certificate", user.certificate_file, user.certificate_data)
        key = self._pem("client-key", user.key_file, user.key_data)
        if (certificate == (None, None)) is not (key == (None, None)):
            raise CredentialsError(
                f"{self._where}: client-certificate and client-key need each other"
            )
        return Connection(
            server=cluster.server.rstrip("/"),
            ca_file=ca[0],
            ca_data=ca[1],
            client_certificate_file=certificate[0],
            client_certificate_data=certificate[1],
            client_key_file=key[0],
            client_key_data=key[1],
            token=self._user_token(user),
            insecure=cluster.insecure,
            tls_server_name=cluster.tls_server_name or None,
            proxy_url=cluster.proxy_url or None,
            stamps=tuple(self._stamps),
        )

    def _pem(
        self, field: str, file: str | None, data: str | None
    ) -> tuple[str, None] | tuple[None, bytes] | tuple[None, None]:
        """File or data; data wins, as in client-go."""
        if data:
            return None, decode_data(data, f"{self._where}: {field}-data")
        if not file:
            return None, None
        path = str(self._base / file)
        self._stamps.append(self._files.use(path))
        return path, None

    def _user_token(self, user: UserEntry) -> str | None:
        """The token; a file wins, as in client-go: its content is the newer one."""
        if user.token_file:
            return _token(self._files, str(self._base / user.token_file))
        return _checked_token(user.token, f"{self._where}: token") if user.token else None


def _token(files: FileSet, path: str) -> str:
    return _checked_token(files.read(path).strip(), path)


def _checked_token(token: str, where: str) -> str:
    """What can be sent in a header; the message must not quote what cannot."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise CredentialsError(f"{where}: is empty, or no single line of printable characters")
    return token


def _refuse_unsupported(user: UserEntry, where: str) -> None:
    unsupported = {
        "exec": user.exec,
        "auth-provider": user.auth_provider,
        "username": user.username,
    }
    for field, value in unsupported.items():
        if value:
            raise CredentialsError(
                f"{where}: its user has {field!r}, which the operator does not support; use a "
                "token, a tokenFile or a client certificate"
            )

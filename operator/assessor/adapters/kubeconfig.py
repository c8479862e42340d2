"""A kubeconfig for one-shot commands: everything that the official client supports, plugins too."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assessor.adapters.credentials import Connection
from assessor.adapters.kubeconfig_file import select
from assessor.kernel.errors import CredentialsError

BEARER = "Bearer "


def load_with_plugins(path: Path | None, context: str | None) -> Connection:
    """Read a kubeconfig, and run its plugin where it has one; CredentialsError.

    Without ``path`` it is $KUBECONFIG or ~/.kube/config. The files that the connection names may
    be temporary ones that live as long as this process.
    """
    where = str(path) if path else "the default kubeconfig ($KUBECONFIG or ~/.kube/config)"
    if path:
        _check(path, context)
    with _root_errors() as reasons:
        configuration = _load(path, context, where)
    return _connection(configuration, where, reasons)


def _check(path: Path, context: str | None) -> None:
    """Say what is wrong with a file in words of its own: the loader's are about its code."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CredentialsError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CredentialsError(f"{path}: is not UTF-8 text") from error
    select(text, str(path), context)


def _load(path: Path | None, context: str | None, where: str) -> Any:
    # Imported here: the package costs 20-50 MiB, which the operator must not pay.
    from kubernetes.client import Configuration  # noqa: PLC0415
    from kubernetes.config import load_kube_config  # noqa: PLC0415

    configuration = Configuration()
    configuration.proxy = None  # only the kubeconfig's own counts
    try:
        load_kube_config(  # type: ignore[no-untyped-call]  # the package has no annotations
            config_file=str(path) if path else None,
            context=context,
            client_configuration=configuration,
            persist_config=False,
        )
    except Exception as error:
        # The loader lets through whatever a malformed file makes its code raise.
        raise CredentialsError(f"{where}: {' '.join(str(error).split())}") from error
    return configuration


def _connection(configuration: Any, where: str, reasons: list[str]) -> Connection:
    token = _token(configuration, where)
    secured = configuration.host.startswith("https")
    if secured and not token and not configuration.cert_file:
        # The loader only logs why a plugin failed.
        why = "; ".join(reasons) or "its user has none"
        raise CredentialsError(f"{where}: no credentials: {why}")
    return Connection(
        server=configuration.host,
        ca_file=configuration.ssl_ca_cert,
        client_certificate_file=configuration.cert_file,
        client_key_file=configuration.key_file,
        token=token,
        insecure=not configuration.verify_ssl,
        tls_server_name=configuration.tls_server_name,
        proxy_url=configuration.proxy,
    )


def _token(configuration: Any, where: str) -> str | None:
    header = configuration.api_key.get("BearerToken")
    if not header:
        return None
    if not header.startswith(BEARER):
        raise CredentialsError(f"{where}: a user name and password are not supported")
    return str(header.removeprefix(BEARER))


class _Collector(logging.Handler):
    def __init__(self, messages: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(record.getMessage())


@contextmanager
def _root_errors() -> Iterator[list[str]]:
    """Collect what is logged as an error meanwhile."""
    messages: list[str] = []
    collector = _Collector(messages)
    root = logging.getLogger()
    root.addHandler(collector)
    try:
        yield messages
    finally:
        root.removeHandler(collector)

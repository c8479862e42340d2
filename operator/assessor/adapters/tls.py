"""TLS contexts from connections."""

import ssl
import tempfile
from contextlib import ExitStack

from assessor.adapters.credentials import Connection
from assessor.kernel.errors import CredentialsError


def tls_context(connection: Connection) -> ssl.SSLContext:
    """Make the context; CredentialsError where a certificate or key cannot be used."""
    try:
        return _context(connection)
    except (ssl.SSLError, OSError, ValueError) as error:
        what = connection.client_certificate_file or connection.ca_file or "embedded data"
        raise CredentialsError(f"TLS certificates ({what}): {error}") from error


def _context(connection: Connection) -> ssl.SSLContext:
    context = ssl.create_default_context(
        cafile=connection.ca_file,
        cadata=connection.ca_data.decode("ascii") if connection.ca_data else None,
    )
    # From 3.13 on Python demands extensions of RFC 5280 that many clusters' CAs lack, and that
    # no other Kubernetes client asks for.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if connection.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    _load_client_certificate(context, connection)
    return context


def _load_client_certificate(context: ssl.SSLContext, connection: Connection) -> None:
    """Load it from files; ``ssl`` takes nothing else, so data is one for a moment."""
    with ExitStack() as stack:

        def path(file: str | None, data: bytes | None) -> str | None:
            if not data:
                return file
            written = stack.enter_context(tempfile.NamedTemporaryFile(buffering=0))
            written.write(data)
            return written.name

        certificate = path(connection.client_certificate_file, connection.client_certificate_data)
        if certificate:
            key = path(connection.client_key_file, connection.client_key_data)
            context.load_cert_chain(certificate, key)

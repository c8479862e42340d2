"""The certificate of the operator's own port: read from files, and anew when they are others."""

import ssl
from pathlib import Path

import structlog

from assessor.adapters.files import FileSet
from assessor.kernel.errors import CredentialsError

log = structlog.stdlib.get_logger(__name__)


class ServingCertificate:
    """A server's TLS context, whose new connections get the certificate that is there then.

    What a renewal leaves half-written is told in the log, and the one before stays in use.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        """PEM files, as cert-manager and the kubelet renew them; CredentialsError."""
        self._certificate, self._key = str(certificate), str(key)
        self._complaint = ""
        self.context, self._files = self._read()
        self._current = self.context
        self.context.sni_callback = self._on_handshake

    def _on_handshake(self, connection: ssl.SSLObject, _name: str | None, _: object) -> None:
        """OpenSSL asks at the start of each handshake, with and without a server's name."""
        if not self._files.unchanged():
            self._renew()
        connection.context = self._current

    def _renew(self) -> None:
        try:
            self._current, self._files = self._read()
        except CredentialsError as error:
            if str(error) != self._complaint:
                log.warning("certificate not renewed", error=str(error))
            self._complaint = str(error)
        else:
            self._complaint = ""
            log.info("certificate renewed", certificate=self._certificate)

    def _read(self) -> tuple[ssl.SSLContext, FileSet]:
        files = FileSet()
        for path in (self._certificate, self._key):
            files.use(path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            # Nobody is there to be asked for the passphrase of a key.
            context.load_cert_chain(self._certificate, self._key, password=lambda: "")
        except (ssl.SSLError, OSError, ValueError) as error:
            raise CredentialsError(
                f"certificate {self._certificate} with key {self._key}: {error}"
            ) from error
        return context, files

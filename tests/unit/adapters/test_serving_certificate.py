"""The port's certificate: real TLS, renewed under the server's feet."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector

from assessor.adapters.serving_certificate import ServingCertificate
from assessor.controller.server import ProbeServer
from assessor.kernel.errors import CredentialsError
from playground import certificates


def renew(folder: Path) -> ssl.SSLContext:
    """Write another certificate by another authority; what a client needs to trust it."""
    made = folder / "made"
    made.mkdir(exist_ok=True)
    new = certificates.make(made)
    for source, name in ((new.server_certificate, "tls.crt"), (new.server_key, "tls.key")):
        source.replace(folder / name)
    return ssl.create_default_context(cafile=str(new.ca))


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ProbeServer]:
    """A server with the certificate that is in the folder."""
    renew(tmp_path)
    server = ProbeServer(
        "127.0.0.1",
        0,
        healthy=lambda: None,
        ready=lambda: None,
        metrics=lambda: (b"1", "text/plain"),
        tls=ServingCertificate(tmp_path / "tls.crt", tmp_path / "tls.key").context,
    )
    await server.start()
    yield server
    await server.stop()


async def ask(server: ProbeServer, trusted: ssl.SSLContext) -> int:
    """The status of /metrics by a new connection; aiohttp's error where it is not trusted."""
    # By address: no server's name is sent, and the renewal must come all the same.
    url = f"https://127.0.0.1:{server.port}/metrics"
    async with (
        ClientSession(connector=TCPConnector(ssl=trusted)) as session,
        session.get(url) as answer,
    ):
        return answer.status


async def test_a_renewed_certificate_is_served(server: ProbeServer, tmp_path: Path) -> None:
    """Without a restart, from the next connection on."""
    trusted = renew(tmp_path)
    assert await ask(server, trusted) == 200
    again = renew(tmp_path)
    assert await ask(server, again) == 200
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        await ask(server, trusted)


async def test_half_a_renewal_changes_nothing(server: ProbeServer, tmp_path: Path) -> None:
    """A key that is not of the certificate, or none: the one before stays in use."""
    trusted = renew(tmp_path)
    assert await ask(server, trusted) == 200
    key = (tmp_path / "tls.key").read_bytes()
    (tmp_path / "tls.key").write_text("no key")
    assert await ask(server, trusted) == 200
    (tmp_path / "tls.key").unlink()
    assert await ask(server, trusted) == 200
    (tmp_path / "tls.key").write_bytes(key)
    assert await ask(server, trusted) == 200


async def test_plain_http_is_not_answered(server: ProbeServer) -> None:
    """A token sent by mistake without TLS gets nobody anywhere."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
    assert b"200" not in await reader.read()
    writer.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_unusable_file_is_named(tmp_path: Path, content: str | None) -> None:
    """At the start it is an error: nobody serves in the open what was to be HTTPS."""
    renew(tmp_path)
    (tmp_path / "tls.crt").unlink()
    if content is not None:
        (tmp_path / "tls.crt").write_text(content)
    with pytest.raises(CredentialsError, match=r"tls\.crt"):
        ServingCertificate(tmp_path / "tls.crt", tmp_path / "tls.key")

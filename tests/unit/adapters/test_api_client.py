"""The HTTP client against real servers on loopback: HTTP and TLS, no Kubernetes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from assessor.adapters.api_client import ApiClient
from assessor.adapters.credentials import Connection, ServiceAccountCredentials
from assessor.kernel.errors import (
    ApiStatusError,
    ConflictError,
    CredentialsError,
    ExpiredError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    UnauthorizedError,
    UnreachableError,
)

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[str]]


class Clock:
    """A clock that stands still."""

    def now(self) -> datetime:
        """The same moment always."""
        return NOW

    def monotonic(self) -> float:
        """The same moment always."""
        return 0.0


class Source:
    """Credentials whose token is another one after a reload, if there is another one."""

    def __init__(self, server: str, *tokens: str) -> None:
        """Start with the first token."""
        self.server, self.tokens = server, list(tokens)
        self.reloads = 0

    def current(self) -> Connection:
        """The token of now."""
        return Connection(server=self.server, token=self.tokens[0] if self.tokens else None)

    def reload(self) -> Connection:
        """The next token."""
        self.reloads += 1
        if len(self.tokens) > 1:
            self.tokens.pop(0)
        return self.current()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start servers that answer every path with a handler."""
    runners: list[web.AppRunner] = []

    async def start(handler: Handler, context: ssl.SSLContext | None = None) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        scheme = "https" if context else "http"
        return f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., ApiClient]]:
    """Make clients that are closed after the test."""
    clients: list[ApiClient] = []

    def make(source: object, **options: object) -> ApiClient:
        clients.append(ApiClient(source, Clock(), **options))  # type: ignore[arg-type]
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()


Connect = Callable[..., ApiClient]


def answering(code: int, body: object = None, **headers: str) -> Handler:
    """Answer with a status and JSON, always."""

    async def handler(_: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(body, status=code, headers=named)

    return handler


def streaming(*chunks: bytes, pause: float = 0.0, cut: bool = False) -> Handler:
    """Answer with chunks, wait, and end in order or cut the connection off."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
        await asyncio.sleep(pause)
        if cut and request.transport:
            request.transport.abort()
        return response

    return handler


async def lines(client: ApiClient) -> list[bytes]:
    """All lines of a watch."""
    async with client.watch("/w", {"watch": "true"}) as watch:
        return [line async for line in watch]


class TestRequests:
    """What is sent, and what comes back."""

    async def test_a_request_carries_what_it_should(self, serve: Serve, connect: Connect) -> None:
        """Method, path, parameters, body, type, token and user agent arrive."""

        async def echo(request: web.Request) -> web.Response:
            return web.json_response(
                {
                    "method": request.method,
                    "path": request.path,
                    "query": dict(request.query),
                    "type": request.headers["Content-Type"],
                    "token": request.headers["Authorization"],
                    "agent": request.headers["User-Agent"],
                    "body": await request.text(),
                }
            )

        client = connect(Source(await serve(echo), "t"), user_agent="assessor-test")
        answer = await client.request(
            "PATCH", "/a/b", params={"c": "d+/="}, body=b"{}", content_type="application/x"
        )
        assert b'"method": "PATCH"' in answer
        assert b'"path": "/a/b"' in answer
        assert b'"query": {"c": "d+/="}' in answer
        assert b'"type": "application/x"' in answer
        assert b'"token": "Bearer t"' in answer
        assert b'"agent": "assessor-test"' in answer
        assert b'"body": "{}"' in answer

    async def test_a_server_may_live_below_a_path(self, serve: Serve, connect: Connect) -> None:
        """As behind a management plane's proxy."""

        async def path(request: web.Request) -> web.Response:
            return web.Response(text=request.path)

        client = connect(Source(await serve(path) + "/k8s/c1"))
        assert await client.get("/api/v1/pods") == b"/k8s/c1/api/v1/pods"

    async def test_without_a_token_no_header_is_sent(self, serve: Serve, connect: Connect) -> None:
        """A client certificate needs none."""

        async def headers(request: web.Request) -> web.Response:
            return web.Response(text=str("Authorization" in request.headers))

        assert await connect(Source(await serve(headers))).get("/") == b"False"

    @pytest.mark.parametrize(
        ("code", "error"),
        [
            (401, UnauthorizedError),
            (403, ForbiddenError),
            (404, NotFoundError),
            (409, ConflictError),
            (410, ExpiredError),
            (429, ThrottledError),
            (422, ApiStatusError),
            (503, ApiStatusError),
            (302, ApiStatusError),
        ],
    )
    async def test_an_error_status_is_the_kernels_error(
        self, serve: Serve, connect: Connect, code: int, error: type[ApiStatusError]
    ) -> None:
        """With code, reason and message of the metav1.Status."""
        status = {"kind": "Status", "reason": "Because", "message": "pods are out", "code": code}
        client = connect(Source(await serve(answering(code, status)), "t"))
        with pytest.raises(ApiStatusError) as caught:
            await client.get("/")
        assert type(caught.value) is error
        told = caught.value
        assert (told.code, told.reason, told.message) == (code, "Because", "pods are out")

    async def test_an_answer_of_another_kind_is_told_by_its_code(
        self, serve: Serve, connect: Connect
    ) -> None:
        """A proxy's page is not quoted."""
        client = connect(Source(await serve(answering(502, ["<html>"])), "t"))
        with pytest.raises(ApiStatusError, match=r"^502: Bad Gateway$"):
            await client.get("/")

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("7", 7.0),
            ((NOW + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 30.0),
            ((NOW - timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 0.0),
            ("-5", 0.0),
            ("soon", 3.0),
        ],
    )
    async def test_a_throttled_client_is_told_for_how_long(
        self, serve: Serve, connect: Connect, header: str, seconds: float
    ) -> None:
        """By the header, as a number or a date, else by the Status."""
        body = {"details": {"retryAfterSeconds": 3}}
        client = connect(Source(await serve(answering(429, body, Retry_After=header)), "t"))
        with pytest.raises(ThrottledError) as caught:
            await client.get("/")
        assert caught.value.retry_after == seconds

    async def test_no_word_of_patience_means_a_second(self, serve: Serve, connect: Connect) -> None:
        """Not none at all."""
        client = connect(Source(await serve(answering(429)), "t"))
        with pytest.raises(ThrottledError) as caught:
            await client.get("/")
        assert caught.value.retry_after == 1.0

    async def test_every_request_is_counted(self, serve: Serve, connect: Connect) -> None:
        """By method and by code, or by the error's name."""
        told: list[tuple[str, str, float]] = []
        server = await serve(answering(404))

        def count(*request: object) -> None:
            told.append(request)  # type: ignore[arg-type]

        with pytest.raises(NotFoundError):
            await connect(Source(server), on_request=count).get("/")
        with pytest.raises(UnreachableError):
            await connect(Source("http://127.0.0.1:1"), on_request=count).get("/")
        assert told == [("GET", "404", 0.0), ("GET", "UnreachableError", 0.0)]


class TestCredentials:
    """A 401 while credentials change."""

    async def test_a_rotated_token_is_tried_at_once(self, serve: Serve, connect: Connect) -> None:
        """The caller does not notice."""
        client = connect(source := Source(await serve(only("Bearer new")), "old", "new"))
        assert await client.get("/") == b"welcome"
        assert source.reloads == 1

    async def test_a_watch_survives_a_rotation_too(self, serve: Serve, connect: Connect) -> None:
        """It is opened with the new token."""
        client = connect(Source(await serve(only("Bearer new", b"line\n")), "old", "new"))
        assert await lines(client) == [b"line"]

    async def test_the_same_token_is_not_tried_twice(self, serve: Serve, connect: Connect) -> None:
        """It would be refused again."""
        seen: list[str] = []
        client = connect(source := Source(await serve(only("Bearer new", seen=seen)), "old"))
        with pytest.raises(UnauthorizedError):
            await client.get("/")
        assert source.reloads == 1
        assert seen == ["Bearer old"]

    async def test_a_second_refusal_is_final(self, serve: Serve, connect: Connect) -> None:
        """Once is enough: the third token is left for the next request."""
        seen: list[str] = []
        client = connect(Source(await serve(only("Bearer c", seen=seen)), "a", "b", "c"))
        with pytest.raises(UnauthorizedError):
            await client.get("/")
        assert seen == ["Bearer a", "Bearer b"]


def only(token: str, body: bytes = b"welcome", seen: list[str] | None = None) -> Handler:
    """Accept one token alone."""

    async def handler(request: web.Request) -> web.Response:
        given = request.headers["Authorization"]
        if seen is not None:
            seen.append(given)
        if given == token:
            return web.Response(body=body)
        return web.json_response({"reason": "Unauthorized"}, status=401)

    return handler


class TestUnreachable:
    """What the network does is one error."""

    async def test_a_refused_connection(self, connect: Connect) -> None:
        """Its cause is chained."""
        told = r"^cannot connect to 127.0.0.1:1: Connection refused$"
        with pytest.raises(UnreachableError, match=told) as caught:
            await connect(Source("http://127.0.0.1:1")).get("/x")
        assert isinstance(caught.value.__cause__, OSError)

    async def test_a_server_that_takes_too_long(self, serve: Serve, connect: Connect) -> None:
        """A request has a whole time."""
        client = connect(Source(await serve(streaming(b"x", pause=2))), request_timeout=0.05)
        with pytest.raises(UnreachableError, match="timed out"):
            await client.get("/")

    async def test_a_body_that_is_cut_off(self, serve: Serve, connect: Connect) -> None:
        """Half a list is no list."""
        client = connect(Source(await serve(streaming(b"half", pause=0.02, cut=True))))
        with pytest.raises(UnreachableError):
            await client.get("/")


class TestWatch:
    """Lines of a stream."""

    async def test_lines_come_whole_however_they_are_sent(
        self, serve: Serve, connect: Connect
    ) -> None:
        """Chunks and lines have nothing to do with each other."""
        client = connect(Source(await serve(streaming(b"on", b"e\ntwo\nth", b"ree\n", b"\n"))))
        assert await lines(client) == [b"one", b"two", b"three", b""]

    async def test_a_very_long_line_comes_whole(self, serve: Serve, connect: Connect) -> None:
        """An object may be larger than any buffer of the HTTP library."""
        long = b"x" * 3_000_000
        client = connect(Source(await serve(streaming(long + b"\nshort\n"))))
        assert await lines(client) == [long, b"short"]

    async def test_a_line_that_is_cut_off_is_no_line(self, serve: Serve, connect: Connect) -> None:
        """The stream ended in order, but in the middle of an event."""
        client = connect(Source(await serve(streaming(b"one\ntw"))))
        with pytest.raises(UnreachableError, match="in the middle of a line"):
            await lines(client)

    async def test_a_stream_that_breaks_tells_so(self, serve: Serve, connect: Connect) -> None:
        """What came before it is delivered."""
        client = connect(Source(await serve(streaming(b"one\n", pause=0.05, cut=True))))
        seen: list[bytes] = []

        async def follow(watch: AsyncIterator[bytes]) -> None:
            async for line in watch:
                seen.append(line)  # noqa: PERF401 - what came before the error counts

        async with client.watch("/", {}) as watch:
            with pytest.raises(UnreachableError):
                await follow(watch)
        assert seen == [b"one"]

    async def test_a_silent_stream_is_given_up(self, serve: Serve, connect: Connect) -> None:
        """After the idle time."""
        client = connect(Source(await serve(streaming(b"one\n", pause=2))), idle_timeout=0.05)
        with pytest.raises(UnreachableError, match="timed out"):
            await lines(client)

    async def test_a_watch_outlives_the_request_timeout(
        self, serve: Serve, connect: Connect
    ) -> None:
        """As long as something comes."""
        client = connect(Source(await serve(streaming(b"one\n", pause=0.2))), request_timeout=0.05)
        assert await lines(client) == [b"one"]

    async def test_a_refused_watch_is_not_entered(self, serve: Serve, connect: Connect) -> None:
        """Its error is raised when it is opened."""
        client = connect(Source(await serve(answering(410, {"reason": "Expired"}))))
        with pytest.raises(ExpiredError):
            await lines(client)

    async def test_the_callers_own_error_is_left_alone(
        self, serve: Serve, connect: Connect
    ) -> None:
        """Only the network's are translated."""
        client = connect(Source(await serve(streaming(b"one\n"))))
        with pytest.raises(TimeoutError, match="mine"):
            async with client.watch("/", {}):
                raise TimeoutError("mine")

    async def test_a_watch_can_be_left_early(self, serve: Serve, connect: Connect) -> None:
        """The connection is closed, and the client goes on."""
        client = connect(Source(await serve(streaming(b"one\ntwo\n", pause=1))))
        async with client.watch("/", {}) as watch:
            assert await anext(watch) == b"one"
        async with client.watch("/", {}) as watch:
            assert await anext(watch) == b"one"


class Authority:
    """A certificate authority for one test; without the key identifiers of RFC 5280."""

    def __init__(self, directory: Path, name: str) -> None:
        """Make a CA and a server certificate for 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        authority = self._sign(subject, subject, key, key, ca=True)
        self.pem = authority.public_bytes(serialization.Encoding.PEM)
        server_key = ec.generate_private_key(ec.SECP256R1())
        server = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kube-apiserver")])
        certificate = self._sign(server, subject, server_key, key, ca=False)
        self.chain = directory / f"{name}.pem"
        self.chain.write_bytes(
            server_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )

    @staticmethod
    def _sign(
        subject: x509.Name,
        issuer: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        by: ec.EllipticCurvePrivateKey,
        *,
        ca: bool,
    ) -> x509.Certificate:
        now = datetime.now(tz=UTC)  # noqa: TID251 - certificates are valid in real time
        names = [x509.DNSName("kubernetes")]
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(by, hashes.SHA256())
        )

    def context(self) -> ssl.SSLContext:
        """The server's side."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain)
        return context


class Named:
    """A source that adds the server's name to another source's connections."""

    def __init__(self, source: ServiceAccountCredentials) -> None:
        """Wrap ``source``."""
        self.source = source

    def current(self) -> Connection:
        """As the wrapped one, with the name in the certificate."""
        return self._named(self.source.current())

    def reload(self) -> Connection:
        """As the wrapped one, with the name in the certificate."""
        return self._named(self.source.reload())

    def _named(self, found: Connection) -> Connection:
        return Connection(
            server=found.server,
            token=found.token,
            ca_file=found.ca_file,
            tls_server_name="kubernetes",
            stamps=found.stamps,
        )


class TestTls:
    """Certificates."""

    async def test_a_rotated_authority_is_followed(
        self, serve: Serve, connect: Connect, tmp_path: Path
    ) -> None:
        """The mounted ca.crt changes, and the client trusts the server of the new one alone."""
        old, new = Authority(tmp_path, "old"), Authority(tmp_path, "new")
        (tmp_path / "token").write_text("t")
        (tmp_path / "ca.crt").write_bytes(old.pem)
        server = await serve(answering(200), new.context())
        host, port = server.removeprefix("https://").split(":")
        account = ServiceAccountCredentials(
            environment={"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port},
            directory=tmp_path,
        )
        client = connect(Named(account))
        with pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get("/")
        (tmp_path / "ca.crt").write_bytes(new.pem + b"\n")
        assert await client.get("/") == b"null"

    async def test_the_name_in_the_certificate_is_checked(
        self, serve: Serve, connect: Connect, tmp_path: Path
    ) -> None:
        """Unless the connection names another one, or is insecure."""
        authority = Authority(tmp_path, "ca")
        server = await serve(answering(200), authority.context())
        right = Connection(server=server, ca_data=authority.pem, tls_server_name="kubernetes")
        wrong = Connection(server=server, ca_data=authority.pem)
        careless = Connection(server=server, insecure=True)
        assert await connect(Fixed(right)).get("/") == b"null"
        assert await connect(Fixed(careless)).get("/") == b"null"
        with pytest.raises(UnreachableError, match="verify failed"):
            await connect(Fixed(wrong)).get("/")

    async def test_a_client_certificate_is_presented(
        self, serve: Serve, connect: Connect, tmp_path: Path
    ) -> None:
        """From data, as a kubeconfig embeds it."""
        authority = Authority(tmp_path, "ca")
        context = authority.context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=authority.pem.decode())
        server = await serve(answering(200), context)
        chain = authority.chain.read_bytes()
        connection = Connection(
            server=server,
            ca_data=authority.pem,
            tls_server_name="kubernetes",
            client_certificate_data=chain,
            client_key_data=chain,
        )
        assert await connect(Fixed(connection)).get("/") == b"null"

    async def test_an_unusable_certificate_is_named(self, connect: Connect, tmp_path: Path) -> None:
        """It is the credentials' fault, not the network's."""
        path = tmp_path / "ca.crt"
        path.write_text("no certificate")
        client = connect(Fixed(Connection(server="https://127.0.0.1:1", ca_file=str(path))))
        with pytest.raises(CredentialsError, match=r"ca\.crt"):
            await client.get("/")


class Fixed:
    """A source of one connection."""

    def __init__(self, connection: Connection) -> None:
        """Hand out ``connection``."""
        self.connection = connection

    def current(self) -> Connection:
        """Always the same."""
        return self.connection

    reload = current

"""kopf follows the definition of our kind, and must write to nobody's objects and never give up.

The reasons, with what was tried, are in docs/design/scale.md ("kopf, as it must be set up").
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

from assessor.adapters.clock import SystemClock
from assessor.adapters.credentials import Connection, CredentialSource
from assessor.adapters.sparing import without
from assessor.kernel.clock import Clock
from assessor.kernel.errors import CredentialsError

with without("kubernetes"):
    # It imports that package only to recognise its models and logins, at 20-50 MiB.
    import kopf

__all__ = ["kopf"]

CRDS = ("apiextensions.k8s.io", "v1", "customresourcedefinitions")
CRD_LABEL_SELECTOR = "app.kubernetes.io/part-of=kube-assessor"
UNUSED_FINALIZER = "kube-assessor.dev/never-used"
"""Set although no finalizer is ever added: kopf strips the one that is configured from objects
that it watches, and its default is what other kopf operators may rely on."""

REFUSED_FOR = 5.0
"""Seconds before credentials that were refused are tried again, unless others come first."""

OnEvent = Callable[[], None]
"""Called in kopf's thread when the definition of our kind has come, changed or gone."""


class EndlessBackoff:
    """Seconds between request attempts, without an end: kopf stops when they run out."""

    def __iter__(self) -> Iterator[float]:
        """Grow to about ten seconds, each with jitter."""
        delay = 0.2
        while True:
            yield delay * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
            delay = min(delay * 1.6, 10.0)


class NoDiffBase(kopf.DiffBaseStorage):
    """Keep no last-handled state: there is no handler that compares."""

    def build(self, **_: Any) -> Any:
        """Nothing: kopf would copy the whole object for each event."""
        return {}

    def fetch(self, **_: Any) -> None:
        """Nothing was stored."""

    def store(self, **_: Any) -> None:
        """Store nothing: it would be an annotation on the user's object."""


class NoProgress(kopf.ProgressStorage):
    """Keep no progress of handlers: an event handler has none."""

    def fetch(self, **_: Any) -> None:
        """Nothing was stored."""

    def store(self, **_: Any) -> None:
        """Store nothing."""

    def purge(self, **_: Any) -> None:
        """Nothing is there to purge."""

    def touch(self, **_: Any) -> None:
        """Never touch the object."""

    def clear(self, *, essence: Any) -> Any:
        """The essence as it came: nothing of ours is in it."""
        return essence


def settings(silence: float) -> Any:
    """Build kopf's settings for watching our own definitions and nothing else.

    ``silence``: seconds after which a watch that brings nothing is opened anew.
    """
    made = kopf.OperatorSettings()
    made.posting.enabled = False
    made.peering.standalone = True
    made.scanning.disabled = False
    made.watching.label_selectors[CRDS] = CRD_LABEL_SELECTOR
    made.watching.server_timeout = 270
    made.watching.connect_timeout = 10
    made.watching.inactivity_timeout = silence
    made.networking.request_timeout = 60
    made.networking.connect_timeout = 10
    made.networking.error_backoffs = EndlessBackoff()
    made.queueing.idle_timeout = 0.2
    made.queueing.exit_timeout = 1.0
    made.process.ultimate_exiting_timeout = None
    made.persistence.finalizer = UNUSED_FINALIZER
    made.persistence.diffbase_storage = NoDiffBase()
    made.persistence.progress_storage = NoProgress()
    return made


def registry(source: CredentialSource, on_event: OnEvent) -> Any:
    """Build a registry with one login and one event handler."""
    made = kopf.OperatorRegistry()
    kopf.on.login(registry=made)(Login(source, SystemClock()).login)

    @kopf.on.event(*CRDS, registry=made)
    async def observed(**_: Any) -> None:
        # A coroutine, although it waits for nothing: kopf takes the others to a pool of threads.
        on_event()

    return made


class Login:
    """kopf's login handler: asked at the start, and again after each 401."""

    def __init__(self, source: CredentialSource, clock: Clock) -> None:
        """Credentials come from ``source``, the same as the informers'."""
        self._source, self._clock = source, clock
        self._given: Connection | None = None
        self._given_at = 0.0
        self._times = 0

    def login(self, **_: Any) -> Any:
        """Hand out the current credentials; those that were just refused only after a while.

        An API server that could not look at a token answers 401 to a good one as well, and the
        next one may be an hour away.
        """
        try:
            current = self._source.reload()
        except CredentialsError as error:
            raise kopf.TemporaryError(str(error), delay=1) from error
        now = self._clock.monotonic()
        if current == self._given and now - self._given_at < REFUSED_FOR:
            raise kopf.TemporaryError("the refused credentials have not been renewed yet", delay=1)
        self._given, self._given_at = current, now
        self._times += 1
        return connection_info(current, self._times)


def connection_info(connection: Connection, times: int) -> Any:
    """Translate a connection into kopf's words; ``times``: the how manieth one this is.

    kopf ends itself over credentials equal to those that it saw refused, so no two are: the
    priority tells them apart, and a single one has no rivals.
    """
    return kopf.ConnectionInfo(
        priority=times,
        server=connection.server,
        ca_path=connection.ca_file,
        ca_data=connection.ca_data,
        insecure=connection.insecure,
        scheme="Bearer" if connection.token else None,
        token=connection.token,
        certificate_path=connection.client_certificate_file,
        certificate_data=connection.client_certificate_data,
        private_key_path=connection.client_key_file,
        private_key_data=connection.client_key_data,
        proxy_url=connection.proxy_url,
    )

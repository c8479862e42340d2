"""Namespaces that change all the time, and whose changes each decide a verdict."""

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.integration.kube import DENY_BOTH, POLICIES, Json, Kube, network_policy, new_namespace

NAMESPACES = 24
CHANGES = 20
"""A second: as many as leave a small machine's API server some room."""
POLICY = "deny"


class Load:
    """Assessed namespaces; in each, one policy comes and goes."""

    def __init__(self, kube: Kube, namespaces: int = NAMESPACES) -> None:
        """Make so many namespaces and their assessments."""
        self.kube = kube
        self.namespaces = [new_namespace(kube) for _ in range(namespaces)]
        self.assessments = [kube.assess(name) for name in self.namespaces]
        self.changes = 0
        self._isolated = dict.fromkeys(self.namespaces, False)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Change one namespace after the other, evenly, until the body ends."""
        end, errors = threading.Event(), list[Exception]()

        def work() -> None:
            try:
                self._work(end)
            except Exception as error:  # noqa: BLE001 - raised where the body ends
                errors.append(error)

        thread = threading.Thread(target=work, name="load")
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()
        if errors:
            raise errors[0]

    def _work(self, end: threading.Event) -> None:
        begun = time.monotonic()
        for number, namespace in enumerate(itertools.cycle(self.namespaces)):
            if end.wait(max(0.0, begun + number / CHANGES - time.monotonic())):
                return
            self.change(namespace)

    def change(self, namespace: str) -> None:
        """Isolate it, or open it up."""
        policies = POLICIES.format(namespace)
        if self._isolated[namespace]:
            self.kube.delete(f"{policies}/{POLICY}")
        else:
            self.kube.call("POST", policies, network_policy(POLICY, **DENY_BOTH))
        self._isolated[namespace] = not self._isolated[namespace]
        self.changes += 1

    def stored(self) -> Sequence[Json]:
        """The assessments as they are stored now; AssertionError where one was lost."""
        found = [self.kube.assessment(name) for name in self.namespaces]
        for before, now in zip(self.assessments, found, strict=True):
            assert now, f"{before['metadata']['namespace']}: its assessment is lost"
            assert now["metadata"]["uid"] == before["metadata"]["uid"]
            assert now["spec"] == before["spec"]
        return [now for now in found if now]

    def remove(self) -> None:
        """Delete the namespaces."""
        for name in self.namespaces:
            self.kube.delete(f"/api/v1/namespaces/{name}")

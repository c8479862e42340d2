"""Random changes under random faults and kills; then every status must be what it ought to be.

`make soak` runs it for half an hour, the suite for two minutes. The seed is printed: it decides
all that is done, though not how far the operator has come when it is done.
"""

import os
import random
import time
from collections import Counter, deque
from collections.abc import Iterator

import pytest

from assessor.checks.loading import load
from playground.controlplane import ControlPlane
from playground.operator_process import OperatorProcess
from tests.faults import witness
from tests.faults.fresh import Cluster
from tests.faults.proxy import Proxy
from tests.integration.kube import Json, eventually
from tests.planes import prepared
from tests.soak.trouble import Trouble
from tests.soak.world import World
from tests.stash import OPERATOR

ENVIRONMENT = os.environ  # noqa: TID251 - how long, and which seed
SECONDS = float(ENVIRONMENT.get("ASSESSOR_SOAK_SECONDS", "120"))
SEED = int(ENVIRONMENT.get("ASSESSOR_SEED", "1"))

FLAGS = ("--stale-after=5", "--watch-silence=20", "--discovery-interval=2")
TROUBLE = 0.05
"""Of all steps, how many bring trouble."""
PAUSE = 0.1
"""Seconds between two steps, on average."""
WARM = 0.5
"""Of the time: after this the operator is killed no more, and memory is compared with the end."""
GROWTH = 1.15
SLACK = 4 * 2**20
SETTLING = 120.0
EVENTS_OF_ONE = 2 * len({check.control for check in load()}) + 8
"""Different Events about one assessment: a failure and a recovery of each control that is judged,
and four reasons that concern the whole, for better and for worse. Repetitions are counts."""
ALL = "/apis/kube-assessor.dev/v1alpha1/securityassessments"


class Soak:
    """The run: its parts, what was done last, and memory as it was."""

    def __init__(self, plane: ControlPlane, proxy: Proxy, operator: OperatorProcess) -> None:
        """Everything random comes from one seed."""
        self.plane, self.operator = plane, operator
        dice = random.Random(SEED)  # noqa: S311 - it is to be reproducible
        self._dice = dice
        self._world = World(plane, dice)
        self.trouble = Trouble(plane, proxy, operator, dice)
        self.last: deque[str] = deque(maxlen=30)
        self.steps = 0
        self._renew_at = 0.0

    def run(self, seconds: float) -> int:
        """Do random things for so long; return the resident memory when the operator was warm."""
        begin = time.monotonic()
        self._renew_at = begin + self.operator.token_renewal
        self._world.begin()
        while time.monotonic() < begin + WARM * seconds:
            self._step(kills=True)
        # A process that was just killed is not warm yet.
        warm, measured = 0, begin + (WARM + (1 - WARM) / 3) * seconds
        while time.monotonic() < begin + seconds:
            self._step(kills=False)
            if not warm and time.monotonic() > measured:
                warm = self.operator.resident_bytes()
        self.trouble.end()
        return warm

    def _step(self, *, kills: bool) -> None:
        self.steps += 1
        self.last.append(self._world.change())
        if self._dice.random() < TROUBLE:
            self.last.append(self.trouble.begin(kills=kills))
        self.trouble.pass_step()
        if time.monotonic() > self._renew_at:
            self.operator.rotate_token()
            self._renew_at = time.monotonic() + self.operator.token_renewal
        assert self.operator.alive, "the operator ended by itself"
        time.sleep(self._dice.uniform(0, 2 * PAUSE))

    def differences(self) -> list[str]:
        """Where a stored status is not what a fresh look at the cluster says."""
        listed = self.plane.request("GET", ALL)[1]["items"]
        cluster = Cluster(self.plane)
        return [
            f"{item['metadata']['namespace']}/{item['metadata']['name']} {difference}"
            for item in listed
            for difference in cluster.differences(item)
        ]


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> Iterator[Soak]:
    """A control plane, a proxy and an operator of its own."""
    with prepared() as plane:
        known = plane.certificates
        with Proxy(plane.url, known.ca, known.server_certificate, known.server_key) as proxy:
            operator = request.session.stash[OPERATOR] = OperatorProcess(
                plane, *FLAGS, server=proxy.url
            )
            operator.start()
            try:
                yield Soak(plane, proxy, operator)
            finally:
                operator.kill()


@pytest.mark.timeout(0)
def test_soak(soak: Soak) -> None:
    """Statuses right, nothing of others touched, no Secret read, memory flat, Events bounded."""
    print(f"\nsoak: {SECONDS:g} s, seed {SEED}")  # noqa: T201 - it must be known to repeat it
    warm = soak.run(SECONDS)
    settled = _settled(soak)
    end = soak.operator.resident_bytes()
    seen, accused = witness.accusations(soak.plane)
    events = _events_by_assessment(soak.plane)
    print(  # noqa: T201 - the figures are what a soak is run for
        f"soak: {soak.steps} changes, troubles {dict(sorted(soak.trouble.kinds.items()))}\n"
        f"soak: settled in {settled:.1f} s; {warm / 2**20:.1f} MiB warm, {end / 2**20:.1f} at the"
        f" end; {seen} requests; most Events of one assessment {max(events.values(), default=0)}"
    )
    assert accused == set()
    assert witness.foreign_events(soak.plane) == []
    assert end <= warm * GROWTH + SLACK
    assert max(events.values()) <= EVENTS_OF_ONE


def _settled(soak: Soak) -> float:
    """Seconds until every status was right; AssertionError shows the seed and what was not."""
    begin, left = time.monotonic(), list[str]()

    def look() -> bool:
        left[:] = soak.differences()
        return not left

    try:
        eventually(look, within=SETTLING)
    except AssertionError:
        told = "\n".join([*left[:20], "what was done last:", *soak.last])
        raise AssertionError(f"seed {SEED}: statuses are not right:\n{told}") from None
    return time.monotonic() - begin


def _events_by_assessment(plane: ControlPlane) -> Counter[str]:
    """How many Event objects there are about each assessment, by its UID."""
    listed: Json = plane.request("GET", "/api/v1/events")[1]
    about = (event["involvedObject"] for event in listed["items"])
    return Counter(ref["uid"] for ref in about if ref["kind"] == "SecurityAssessment")

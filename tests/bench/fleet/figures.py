"""What a run measured, as data; its JSON is what a run leaves behind."""

from collections.abc import Mapping

from msgspec import Struct

from tests.bench.fleet.drifting import Drift
from tests.bench.fleet.idling import Idle
from tests.bench.fleet.limits import Listed
from tests.bench.fleet.others import Tool

CROWD_STAGE = "crowd"
"""The stage of the one huge namespace, which memory's goal does not count."""


class Memory(Struct, frozen=True):
    """MiB held at one moment, and at most until then."""

    resident: float
    peak: float


class ColdStart(Struct, frozen=True):
    """From the process's start until every namespace's status is visible."""

    seconds: float
    cpu_seconds: float


class Made(Struct, frozen=True):
    """What the fleet consists of, besides all that belongs to it."""

    namespaces: int
    pods: int
    bindings: int


class Step(Struct, frozen=True):
    """The same measured at one of several sizes of the fleet; times in seconds."""

    made: Made
    listed: Listed
    bare_writes: float
    """As many status writes as there are namespaces, each the first of its object."""
    cold_start: ColdStart
    memory: Memory
    """After the cold start."""
    drift: Drift
    cpu_per_change: float

    @property
    def cold_start_ratio(self) -> float:
        """To what LIST and the writes take alone."""
        return self.cold_start.seconds / (self.listed.seconds + self.bare_writes)


class FanOut(Struct, frozen=True):
    """One ClusterRole changed, and with it a finding of every namespace; times in seconds."""

    namespaces: int
    seconds: float
    bare_writes: float
    """As many writes of the statuses that came of it, over those that were there before."""

    @property
    def ratio(self) -> float:
        """To the writes alone."""
        return self.seconds / self.bare_writes


class CrowdRun(Struct, frozen=True):
    """One huge namespace that keeps changing, and the drift of all others meanwhile."""

    pods: int
    bindings: int
    first_status: float
    """Seconds from its assessment's creation."""
    status_bytes: int
    changes: int
    """Of its own, while the others drifted."""
    drift: Drift


class Figures(Struct, frozen=True):
    """All of a run."""

    size: str
    steps: tuple[Step, ...]
    idle: Idle
    fan_out: FanOut
    crowd: CrowdRun
    memory: Mapping[str, Memory]
    """By stage, of the one process that went through all of them."""
    watch_resumed: int
    """How often the API server ended the independent watch, which then went on."""
    ideal_drift: Drift
    """The same changes, each followed by a bare status write at once: nobody can be faster here."""
    tools: tuple[Tool, ...] = ()

    @property
    def whole(self) -> Step:
        """The step of the full size."""
        return self.steps[-1]

    @property
    def rss_mib(self) -> float:
        """The most that was resident at the end of a stage, before the crowd came."""
        return max(m.resident for stage, m in self.memory.items() if stage != CROWD_STAGE)

    def headline(self) -> dict[str, float]:
        """The figures that the project keeps an eye on."""
        drift = self.whole.drift
        return {
            "cold_start_ratio": self.whole.cold_start_ratio,
            "drift_p50_seconds": drift.p50,
            "drift_p95_seconds": drift.p95,
            "drift_p99_seconds": drift.p99,
            "ideal_drift_p50_seconds": self.ideal_drift.p50,
            "ideal_drift_p95_seconds": self.ideal_drift.p95,
            "fanout_ratio": self.fan_out.ratio,
            "idle_writes": self.idle.writes,
            "idle_cpu_share": self.idle.cpu_share,
            "rss_mib": self.rss_mib,
            "crowd_status_bytes": self.crowd.status_bytes,
            "crowd_drift_p95_seconds": self.crowd.drift.p95,
        }

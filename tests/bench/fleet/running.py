"""The stages of a run, in their order."""

import asyncio
import contextlib
import time

from playground.controlplane import ControlPlane
from playground.operator_process import OperatorProcess
from tests.bench.fleet import filling, levers, limits, rights
from tests.bench.fleet.api import Api
from tests.bench.fleet.drifting import Drift, drift, keep_changing
from tests.bench.fleet.figures import (
    CROWD_STAGE,
    ColdStart,
    CrowdRun,
    FanOut,
    Figures,
    Made,
    Memory,
    Step,
)
from tests.bench.fleet.idling import Idle, calm, watch_idle
from tests.bench.fleet.levers import Lever
from tests.bench.fleet.limits import Listed
from tests.bench.fleet.sizes import (
    BINDINGS_EACH,
    CHANGES_PER_SECOND,
    CROWD_CHANGES_PER_SECOND,
    Size,
)
from tests.bench.fleet.statuses import Seen, StatusWatch, all_seen

READY_WITHIN = 180.0
WRITTEN_WITHIN = 300.0
"""Seconds after which a status is not late but missing."""

TEAM_ROLE = f"{filling.RBAC}/clusterroles/{rights.TEAM_ROLE}"
FANNED_OUT = ("read-secrets", f"RoleBinding/{rights.TEAM_BINDING}")
"""The finding that the team's ClusterRole makes or not."""


class Run:
    """One fleet that grows, and the operator that is started anew at each of its sizes."""

    def __init__(
        self, plane: ControlPlane, size: Size, *, admin: Api, peer: Api, watch: StatusWatch
    ) -> None:
        """``admin`` makes and changes things, ``peer`` has the operator's own rights."""
        self._plane, self._size = plane, size
        self._admin, self._peer, self._watch = admin, peer, watch
        self._operator = OperatorProcess(plane)
        self._levers: list[Lever] = []

    async def measure(self, name: str) -> Figures:
        """All of it; the operator has ended afterwards."""
        try:
            await filling.common(self._admin)
            parts = [await self._part(share) for share in self._size.growth[:-1]]
            return await self._whole(name, parts)
        finally:
            self._operator.kill()

    # ── the two kinds of step ─────────────────────────────────────────────────────────────────

    async def _part(self, share: float) -> Step:
        """A smaller fleet: how it starts and how it drifts."""
        listed = await self._grow(share)
        cold_start = await self._cold_start()
        memory, statuses = self._held(), self._statuses()
        await self._settle()
        drifted, cpu = await self._drift(max(1, self._size.drift_seconds // 2))
        await self._stop()
        bare_writes = await self._bare_writes(statuses)
        return Step(self._made, listed, bare_writes, cold_start, memory, drifted, cpu)

    async def _whole(self, name: str, parts: list[Step]) -> Figures:
        """The full size, and everything that is measured only there."""
        listed = await self._grow(1.0)
        cold_start = await self._cold_start()
        memory, before = {"cold start": self._held()}, self._statuses()
        idle = await self._idle()
        memory["idle"] = self._held()
        await self._settle()
        drifted, cpu = await self._drift(self._size.drift_seconds)
        memory["drift"] = self._held()
        fan_out = await self._fan_out()
        memory["fan-out"], after = self._held(), self._statuses()
        crowd = await self._crowd()
        memory[CROWD_STAGE] = self._held()
        await self._stop()
        bare_writes = await self._bare_writes(before)
        rewrites = await limits.write_statuses(self._peer, after)
        ideal = await self._ideal_drift(before)
        held = memory["cold start"]
        whole = Step(self._made, listed, bare_writes, cold_start, held, drifted, cpu)
        fanned_out = FanOut(len(self._levers), fan_out, rewrites)
        steps, resumed = (*parts, whole), self._watch.resumed
        return Figures(name, steps, idle, fanned_out, crowd, memory, resumed, ideal)

    @property
    def _made(self) -> Made:
        count = len(self._levers)
        return Made(count, count * self._size.pods_each, count * BINDINGS_EACH)

    # ── the stages ────────────────────────────────────────────────────────────────────────────

    async def _grow(self, share: float) -> Listed:
        """Fill up to a share of the full size, and list what there is now."""
        begin, end = len(self._levers), round(share * self._size.namespaces)
        tell(f"filling up to {end} namespaces, {end * self._size.pods_each} pods")
        await filling.grow(self._admin, self._size, begin, end)
        for number in range(begin, end):
            make = levers.policy if number % 2 else levers.role
            self._levers.append(make(filling.name_of(number)))
        return await limits.list_everything(self._peer)

    async def _cold_start(self) -> ColdStart:
        """Start the operator on assessments without a status, and wait for every one."""
        tell(f"cold start with {len(self._levers)} assessments")
        await filling.assess_anew(self._admin, [lever.namespace for lever in self._levers])
        waiting = {
            lever.namespace: self._watch.next(lever.namespace, lever.shows)
            for lever in self._levers
        }
        # In a thread: the watch's loop must go on meanwhile. The child is killed with the thread
        # that started it, which asyncio keeps until its loop ends.
        await asyncio.to_thread(self._operator.start, READY_WITHIN)
        seen = await all_seen(waiting, WRITTEN_WITHIN, "cold start")
        cpu = self._operator.cpu_seconds()
        return ColdStart(max(s.at for s in seen.values()) - self._operator.started_at, cpu)

    async def _idle(self) -> Idle:
        tell(f"idle for {self._size.idle_seconds} s")
        await self._settle()
        return await watch_idle(
            self._operator, self._watch, self._plane.audit_log, self._size.idle_seconds
        )

    async def _drift(self, seconds: int) -> tuple[Drift, float]:
        """Latencies, and the operator's processor seconds for one change."""
        tell(f"drift: {CHANGES_PER_SECOND} changes a second for {seconds} s")
        before = self._operator.cpu_seconds()
        found = await drift(
            self._admin, self._watch, self._levers, rate=CHANGES_PER_SECOND, seconds=seconds
        )
        return found, (self._operator.cpu_seconds() - before) / found.changes

    async def _ideal_drift(self, statuses: dict[str, bytes]) -> Drift:
        """The same changes, each followed by its status at once, without an operator."""
        tell(f"the same drift by bare writes for {self._size.drift_seconds} s")
        return await drift(
            self._admin,
            self._watch,
            self._levers,
            rate=CHANGES_PER_SECOND,
            seconds=self._size.drift_seconds,
            follow=limits.verdict_writer(self._peer, statuses),
        )

    async def _fan_out(self) -> float:
        """Let the team's ClusterRole read Secrets: seconds until every namespace says so."""
        tell("fan-out of one ClusterRole")
        await self._settle()
        waiting = {
            lever.namespace: self._watch.next(lever.namespace, _fanned_out)
            for lever in self._levers
        }
        await self._admin.merge(TEAM_ROLE, {"rules": rights.READS_SECRETS})
        answered = time.monotonic()
        seen = await all_seen(waiting, WRITTEN_WITHIN, "fan-out")
        return max(s.at for s in seen.values()) - answered

    async def _crowd(self) -> CrowdRun:
        """Add the huge namespace; then drift elsewhere while it keeps changing."""
        pods, bindings = self._size.crowd.pods, self._size.crowd.bindings
        tell(f"one namespace of {pods} pods and {bindings} bindings")
        await filling.crowd(self._admin, self._size.crowd)
        self._operator.rotate_token()
        lever = levers.policy(filling.CROWD)
        first = self._watch.next(filling.CROWD, lever.shows)
        await filling.assess_anew(self._admin, [filling.CROWD])
        created = time.monotonic()
        seen = (await all_seen({filling.CROWD: first}, WRITTEN_WITHIN, "crowd"))[filling.CROWD]
        await self._settle()
        changing = asyncio.create_task(keep_changing(self._admin, lever, CROWD_CHANGES_PER_SECOND))
        drifted, _ = await self._drift(self._size.drift_seconds)
        changing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await changing
        changes = lever.pulls
        await self._still_answers(lever)
        size = max(len(seen.raw), len(self._watch.latest[filling.CROWD].raw))
        return CrowdRun(pods, bindings, seen.at - created, size, changes, drifted)

    async def _still_answers(self, lever: Lever) -> None:
        """The crowd's own status comes to what its last change makes it."""
        await lever.pull(self._admin)
        last = self._watch.latest[lever.namespace]
        if not lever.shows(last):
            waiting = {lever.namespace: self._watch.next(lever.namespace, lever.shows)}
            await all_seen(waiting, WRITTEN_WITHIN, "the crowd's last change")

    async def _settle(self) -> None:
        """Let the stage before come to its end; give the operator the token for the next one.

        Its Events are its own: a thousand of them take ten seconds, and would be told in the next.
        """
        self._operator.rotate_token()
        await calm(self._plane.audit_log)

    async def _bare_writes(self, statuses: dict[str, bytes]) -> float:
        """Seconds for writing these very statuses, as a minimal client and to new objects."""
        tell(f"{len(statuses)} bare status writes")
        await filling.assess_anew(self._admin, list(statuses))
        return await limits.write_statuses(self._peer, statuses)

    async def _stop(self) -> None:
        await asyncio.to_thread(self._operator.stop)

    def _held(self) -> Memory:
        operator = self._operator
        return Memory(operator.resident_bytes() / 2**20, operator.peak_bytes() / 2**20)

    def _statuses(self) -> dict[str, bytes]:
        return {lever.namespace: self._watch.latest[lever.namespace].raw for lever in self._levers}


def tell(what: str) -> None:
    """Show how far it is."""
    print(f"… {what}", flush=True)


def _fanned_out(seen: Seen) -> bool:
    return FANNED_OUT in seen.findings

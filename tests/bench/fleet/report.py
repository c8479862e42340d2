"""The figures as tables: growth, memory, and what the project reaches for."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tests.bench.fleet.figures import Figures, Step
from tests.bench.fleet.others import COMMANDS
from tests.bench.fleet.sizes import CHANGES_PER_SECOND, Size

COLD_START_RATIO = 1.5
FAN_OUT_RATIO = 1.3
DRIFT_P50, DRIFT_P95, DRIFT_P99 = 0.15, 1.0, 2.0
IDLE_CPU_SHARE = 0.01
STATUS_KIB = 64
LINEAR = 1.2
"""What counts as linear: so much dearer an object or a change may be at the largest size."""


class Goal(Struct, frozen=True):
    """One line of the table; ``figure`` and ``limit`` in the same ``unit``."""

    what: str
    figure: float
    limit: float
    unit: str = ""
    detail: str = ""

    @property
    def reached(self) -> bool:
        """Whether the figure keeps within the limit."""
        return self.figure <= self.limit


def goals(figures: Figures, size: Size) -> Iterator[Goal]:
    """What docs/design/scale.md reaches for ("What we reach for")."""
    whole, fan_out, crowd = figures.whole, figures.fan_out, figures.crowd
    drift, idle = whole.drift, figures.idle
    alone = whole.listed.seconds + whole.bare_writes
    yield Goal(
        "cold start : LIST + bare writes",
        whole.cold_start_ratio,
        COLD_START_RATIO,
        detail=f"{whole.cold_start.seconds:.2f} s : {alone:.2f} s",
    )
    sent = f"{drift.changes} changes, {drift.rate:.0f} of {CHANGES_PER_SECOND} a second"
    yield Goal("drift, p50", drift.p50 * 1000, DRIFT_P50 * 1000, "ms", sent)
    yield Goal("drift, p95", drift.p95 * 1000, DRIFT_P95 * 1000, "ms")
    worst = f"worst {drift.worst * 1000:.0f} ms"
    yield Goal("drift, p99", drift.p99 * 1000, DRIFT_P99 * 1000, "ms", worst)
    yield Goal(
        "fan-out : bare writes",
        fan_out.ratio,
        FAN_OUT_RATIO,
        detail=f"{fan_out.seconds:.2f} s : {fan_out.bare_writes:.2f} s",
    )
    yield Goal("resident memory", figures.rss_mib, size.memory_goal_mib, "MiB")
    period = f"in {idle.seconds:.0f} s; {idle.heartbeats} heartbeats besides"
    yield Goal("idle, writes", idle.writes, 0, "", period)
    yield Goal("idle, processor", idle.cpu_share * 100, IDLE_CPU_SHARE * 100, "%")
    first = f"first after {crowd.first_status:.2f} s"
    yield Goal("crowded namespace, status", crowd.status_bytes / 1024, STATUS_KIB, "KiB", first)
    busy = f"while it changes {crowd.changes} times"
    yield Goal("drift elsewhere, p95", crowd.drift.p95 * 1000, DRIFT_P95 * 1000, "ms", busy)
    yield from _growth(figures.steps)


def _growth(steps: Sequence[Step]) -> Iterator[Goal]:
    first, last = steps[0], steps[-1]
    times = f"from {first.made.namespaces} to {last.made.namespaces} namespaces"
    starts = [step.cold_start.seconds / step.made.namespaces for step in (first, last)]
    yield Goal("cold start per namespace, growth", starts[1] / starts[0], LINEAR, detail=times)
    held = [step.memory.resident / step.made.namespaces for step in (first, last)]
    yield Goal("memory per namespace, growth", held[1] / held[0], LINEAR, detail=times)
    yield Goal(
        "processor per change, growth",
        last.cpu_per_change / first.cpu_per_change,
        LINEAR,
        detail=times,
    )


def render(figures: Figures, size: Size) -> str:
    """All tables as text."""
    parts = (
        _steps(figures.steps),
        _memory(figures),
        _goals(goals(figures, size)),
        _remarks(figures),
    )
    return "\n\n".join("\n".join(part) for part in parts)


def _goals(rows: Iterator[Goal]) -> Iterator[str]:
    yield f"{'figure':34} {'measured':>10} {'goal':>10} {'ratio':>6}  reached"
    for row in rows:
        ratio = f"{row.figure / row.limit:.2f}" if row.limit else "-"
        yield (
            f"{row.what:34} {_number(row.figure, row.unit):>10} {_number(row.limit, row.unit):>10}"
            f" {ratio:>6}  {'yes' if row.reached else 'NO':7}  {row.detail}".rstrip()
        )


def _number(value: float, unit: str) -> str:
    digits = 0 if unit == "ms" or value == int(value) else 2 if not unit else 1
    return f"{value:.{digits}f} {unit}".rstrip()


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    lines: tuple[tuple[str, Sequence[float], str], ...] = (
        ("namespaces", [s.made.namespaces for s in steps], ".0f"),
        ("pods", [s.made.pods for s in steps], ".0f"),
        ("RoleBindings", [s.made.bindings for s in steps], ".0f"),
        ("LIST, s", [s.listed.seconds for s in steps], ".2f"),
        ("LIST, MB", [s.listed.megabytes for s in steps], ".1f"),
        ("bare status writes, s", [s.bare_writes for s in steps], ".2f"),
        ("bare status writes a second", [s.made.namespaces / s.bare_writes for s in steps], ".0f"),
        ("cold start, s", [s.cold_start.seconds for s in steps], ".2f"),
        ("cold start, ratio", [s.cold_start_ratio for s in steps], ".2f"),
        ("cold start, processor s", [s.cold_start.cpu_seconds for s in steps], ".2f"),
        ("resident after it, MiB", [s.memory.resident for s in steps], ".1f"),
        ("peak until then, MiB", [s.memory.peak for s in steps], ".1f"),
        ("drift p50, ms", [s.drift.p50 * 1000 for s in steps], ".0f"),
        ("drift p95, ms", [s.drift.p95 * 1000 for s in steps], ".0f"),
        ("drift p99, ms", [s.drift.p99 * 1000 for s in steps], ".0f"),
        ("changes sent a second", [s.drift.rate for s in steps], ".1f"),
        ("load generator's lag p99, ms", [s.drift.generator_p99 * 1000 for s in steps], ".1f"),
        ("load generator's processor, %", [s.drift.generator_cpu * 100 for s in steps], ".0f"),
        ("processor per change, ms", [s.cpu_per_change * 1000 for s in steps], ".2f"),
    )
    yield "growth"
    for name, values, form in lines:
        yield f"{name:34} " + " ".join(f"{value:>10{form}}" for value in values)


def _memory(figures: Figures) -> Iterator[str]:
    yield f"{'memory of the operator':34} {'resident':>10} {'peak':>10}"
    for stage, memory in figures.memory.items():
        yield f"{'after ' + stage:34} {memory.resident:>6.1f} MiB {memory.peak:>6.1f} MiB"


def _remarks(figures: Figures) -> Iterator[str]:
    ideal = figures.ideal_drift
    yield (
        "the same changes followed by bare status writes at once, without an operator:"
        f" p50 {ideal.p50 * 1000:.0f}, p95 {ideal.p95 * 1000:.0f}, p99 {ideal.p99 * 1000:.0f} ms"
    )
    if figures.watch_resumed:
        yield f"the independent watch was ended by the API server: {figures.watch_resumed} times"
    if not figures.tools:
        yield f"other tools: none of {', '.join(COMMANDS)} was found on PATH"
    for tool in figures.tools:
        end = "ended by us" if tool.code is None else f"exit code {tool.code}"
        yield f"{tool.name:34} {tool.seconds:>8.1f} s {tool.peak_mib:>6.0f} MiB  {end}"

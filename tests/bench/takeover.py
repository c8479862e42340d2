"""How long nobody writes when the leader ends, while the namespaces go on changing.

From the signal to the moment when the API server had stored the other's first status, by its audit
log. ``python -m tests.bench.takeover [ROUNDS] [NAMESPACES]``; `make bench-takeover`.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from assessor.adapters.clock import SystemClock
from playground.controlplane import ControlPlane
from tests.ha.pair import Pair, Replica
from tests.planes import prepared

REPORT = Path(".bench/takeover.json")
OK = 200


class Kind(NamedTuple):
    """A way in which a leader ends; ``goal``: seconds until the other has written."""

    name: str
    goal: float
    end: Callable[[Replica], None]


KINDS = (Kind("SIGTERM", 2.0, Replica.stop), Kind("kill -9", 20.0, Replica.kill))


def measure(plane: ControlPlane, kind: Kind, namespaces: int) -> float:
    """Seconds without a writer; AssertionError where anything was lost, or two wrote."""
    with Pair(plane, namespaces) as pair:
        with pair.load.running():
            time.sleep(2)
            signalled = SystemClock().now()
            kind.end(pair.leader)
            pair.standby.await_lead()
            time.sleep(2)
        pair.settles()
        pair.assert_one_after_the_other()
        first = next(w for w in pair.writes() if w.replica == pair.standby.name and w.code == OK)
        return (first.at - signalled).total_seconds()


def main(rounds: int, namespaces: int) -> None:
    """Measure, print and write the report."""
    figures: dict[str, list[float]] = {}
    with prepared() as plane:
        for kind in KINDS:
            figures[kind.name] = [measure(plane, kind, namespaces) for _ in range(rounds)]
            worst = max(figures[kind.name])
            print(
                f"{kind.name:<8} median {statistics.median(figures[kind.name]):6.2f} s,"
                f" worst {worst:6.2f} s of {rounds}; goal {kind.goal:g} s,"
                f" ratio {worst / kind.goal:.2f}"
            )
    REPORT.parent.mkdir(exist_ok=True)
    report = {"namespaces": namespaces, "rounds": rounds, "seconds": figures}
    REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(REPORT.resolve())


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*given, *(5, 24)[len(given) :])

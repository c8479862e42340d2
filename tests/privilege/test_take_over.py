"""What the right to watch the Lease is for: who stands by learns at once that it was given back."""

import datetime as dt
from itertools import pairwise

from tests.integration.kube import eventually
from tests.privilege.rights import SHIPPED, rights
from tests.privilege.stage import WELL, Operator, Stage

(WATCH,) = (r for r in rights(SHIPPED) if r.action == ("coordination.k8s.io", "leases", "watch"))
RARELY = (
    "--leader-elect-lease-duration=900",
    "--leader-elect-renew-deadline=800",
    "--leader-elect-retry-period=700",
)
"""Nobody looks by itself before the test has failed."""
RETRY = 4


def test_with_it_nobody_waits_for_the_next_look(stage: Stage) -> None:
    """A lease that is given back is taken though the next look is minutes away."""
    with stage.operator(flags=RARELY) as leader:
        eventually(lambda: _leads(leader))
        with stage.standby(*RARELY) as standby:
            eventually(lambda: standby.answers("/readyz") and stage.lease_looks(standby))
            assert not _leads(standby)
            leader.stop()
            eventually(lambda: _leads(standby))


def test_without_it_the_next_look_finds_it(stage: Stage) -> None:
    """It leads all the same, and never looked sooner than its retry period says."""
    flags = (f"--leader-elect-retry-period={RETRY}",)
    with stage.operator(WATCH, flags=flags) as leader:
        eventually(lambda: _leads(leader))
        with stage.standby(*flags) as standby:
            eventually(lambda: len(stage.lease_looks(standby)) > 1)
            assert not _leads(standby)
            leader.stop()
            eventually(lambda: _leads(standby))
            panel = stage.panel(standby)
            looks = stage.lease_looks(standby)
    least = min(later - sooner for sooner, later in pairwise(looks))
    assert least > dt.timedelta(seconds=0.9 * RETRY)
    assert panel == WELL._replace(refused=frozenset({WATCH.action}))


def _leads(operator: Operator) -> bool:
    return bool(operator.metric_sum("kube_assessor_leading"))

"""What the probes answer: whether the process should be restarted, and whether it judges."""

from assessor.adapters.cluster_cache import ClusterCache
from assessor.controller.kopf_runtime import KopfRuntime

UNSETTLED_LIMIT = 600.0
"""Seconds that caches may take to settle while the API server answers: lists of the largest
clusters take less, and what never ends only a restart may mend."""

UNHEALTHY_ENDS = 5
"""Times that kopf may end in a row while the API server answers: half a minute of trying."""


def unhealthy(cache: ClusterCache, kopf: KopfRuntime) -> str | None:
    """Why the process should be restarted; None where it should not."""
    if not cache.settled:
        if cache.unsettled_for > UNSETTLED_LIMIT and cache.connected:
            return f"the caches have not settled for {UNSETTLED_LIMIT:g} s"
        return None
    if not kopf.alive:
        return "kopf is not running"
    if kopf.ends >= UNHEALTHY_ENDS and cache.connected:
        return f"kopf ended {kopf.ends} times in a row"
    return None


def unready(cache: ClusterCache, kopf: KopfRuntime, *, listed: bool) -> str | None:
    """Ready for good once judging has begun; what goes missing later is told elsewhere.

    A probe that failed while the API server is away, or one kind does not answer, would take
    the metrics away that tell of it.
    """
    if not cache.settled:
        return "the caches have not settled yet"
    if not listed:
        return "the SecurityAssessments have not been listed yet"
    if not kopf.ready:
        return "kopf has not started its watches yet"
    return None

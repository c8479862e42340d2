"""Checks of what a pod spec says: of the template first, then of pods that differ from it.

A pod that was changed on its way (by a webhook, by an ephemeral container) or that is of an old
revision gets a problem of its own only for what the template does not show already. It is still
its root's problem, under the root's name, so that its fingerprint survives the pod.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps

from msgspec.structs import replace

from assessor.analysis.sites import Site, sites
from assessor.catalogue.checks import CheckFunction, Problem
from assessor.catalogue.wording import clip
from assessor.inventory.containers import Container, ContainerKind
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot

PodJudge = Callable[[Site], Iterator[Problem]]
ContainerJudge = Callable[[Container, Site], Iterator[Problem]]

_CALLED = {
    ContainerKind.REGULAR: "container",
    ContainerKind.INIT: "init container",
    ContainerKind.SIDECAR: "sidecar",
    ContainerKind.EPHEMERAL: "ephemeral container",
}


def each_pod(judge: PodJudge) -> CheckFunction:
    """A check over roots that calls ``judge`` with each of a root's sites."""

    @wraps(judge)
    def run(root: RootController, _: Snapshot) -> Iterable[Problem]:
        found = sites(root)
        return judge(found[0]) if len(found) == 1 else _with_live_pods(judge, found)

    return run


def each_container(judge: ContainerJudge) -> CheckFunction:
    """A check over roots that calls ``judge`` with each container of each of a root's sites."""

    @wraps(judge)
    def run_pod(site: Site) -> Iterator[Problem]:
        for container in site.spec.containers:
            for problem in judge(container, site):
                yield _of_container(problem, container)

    return each_pod(run_pod)


def _with_live_pods(judge: PodJudge, found: Sequence[Site]) -> Iterator[Problem]:
    """The template's problems, and those of pods that nothing before has shown."""
    told: set[tuple[str, str]] = set()
    for site in found:
        new = [p for p in judge(site) if (p.container, p.key) not in told]
        told.update((problem.container, problem.key) for problem in new)
        yield from (_of_live_pod(p, site) if site.live else p for p in new)


def _of_container(problem: Problem, container: Container) -> Problem:
    """Named after its container; an ephemeral one cannot be changed, only left to end."""
    return replace(
        problem,
        message=f"{_CALLED[container.kind]} {clip(container.name)}: {problem.message}",
        container=container.name,
        patch=() if container.kind is ContainerKind.EPHEMERAL else problem.patch,
    )


def _of_live_pod(problem: Problem, site: Site) -> Problem:
    """A running pod is replaced, not patched."""
    told = f"{problem.message} (in pod {clip(site.ref.name)}, not in its template)"
    return replace(problem, message=told, patch=())

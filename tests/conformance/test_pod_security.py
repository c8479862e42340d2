"""The profiles pss-* against their referee: Pod Security admission of the real API server.

`make conformance` asks about 10,000 random pods; ASSESSOR_PODS and ASSESSOR_SEED say otherwise. A
difference names its seed, which makes the same pods again. Only answers of admission count: an
acceptance, or a 403 that tells of PodSecurity; what validation refuses never gets that far.
"""

import itertools
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from playground.client import Json
from playground.controlplane import ControlPlane
from tests.conformance.pod_security import LEVELS, namespaces, told
from tests.conformance.pod_world import PodWorld

ENVIRONMENT = os.environ  # noqa: TID251 - the size of a test run
PODS = int(ENVIRONMENT.get("ASSESSOR_PODS", "600"))
SEED = int(ENVIRONMENT.get("ASSESSOR_SEED", "1"))
AT_ONCE = 4
STORED = 40
"""Pods that ephemeral containers are added to."""

ALLOWED, FORBIDDEN, REFUSED = "allowed", "forbidden", "refused"
ENFORCE = "pod-security.kubernetes.io/enforce"
PATIENCE = 20.0


def ask(plane: ControlPlane, method: str, path: str, body: Json) -> str:
    """The answer to a dry run."""
    how = {"content_type": "application/strategic-merge-patch+json"} if method == "PATCH" else {}
    code, answer = plane.request(method, f"{path}?dryRun=All", body, **how)
    if code in (200, 201):
        return ALLOWED
    if code == 403 and "violates PodSecurity" in answer["message"]:
        return FORBIDDEN
    assert code in (400, 403, 422), f"{code} {answer}"
    return REFUSED


@pytest.fixture(scope="module")
def enforcing(plane: ControlPlane) -> Iterator[dict[str, str]]:
    """The namespace of each level, with its default service account."""
    made = namespaces(f"pss-{SEED}")
    plane.apply(made.values())
    names = {level: each["metadata"]["name"] for level, each in made.items()}
    for name in names.values():
        wait_for(plane, f"/api/v1/namespaces/{name}/serviceaccounts/default")
    yield names
    plane.delete(made.values())


def wait_for(plane: ControlPlane, path: str) -> None:
    """Until something is there."""
    deadline = time.monotonic() + PATIENCE
    while plane.request("GET", path)[0] != 200:
        assert time.monotonic() < deadline, path
        time.sleep(0.1)


def compare(level: str, asked: Iterable[tuple[Json, str]]) -> tuple[Counter[str], list[str]]:
    """How often each answer came, and the pods about which we and the API server differ."""
    answers: Counter[str] = Counter()
    differences: list[str] = []
    for manifest, answer in asked:
        answers[answer] += 1
        found = told(manifest, level) if answer != REFUSED else ()
        if answer != REFUSED and bool(found) != (answer == FORBIDDEN):
            checks = [finding.check for finding in found]
            differences.append(f"{level}: {answer}, we find {checks}: {json.dumps(manifest)}")
    return answers, differences


@pytest.mark.timeout(0)
@pytest.mark.parametrize("level", LEVELS)
def test_random_pods(plane: ControlPlane, enforcing: dict[str, str], level: str) -> None:
    """Not one difference, about any field that the standard names."""
    path = f"/api/v1/namespaces/{enforcing[level]}/pods"
    world = PodWorld(SEED)

    def asked() -> Iterator[tuple[Json, str]]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while True:
                pods = [world.pod() for _ in range(100)]
                answers = pool.map(lambda pod: ask(plane, "POST", path, pod), pods)
                yield from zip(pods, answers, strict=True)

    judged = counted(asked(), PODS)
    answers, differences = compare(level, judged)
    report(level, "pods", answers)
    assert not differences, f"ASSESSOR_SEED={SEED}: {len(differences)}, such as {differences[0]}"


@pytest.mark.timeout(0)
@pytest.mark.parametrize("level", LEVELS)
def test_random_ephemeral_containers(plane: ControlPlane, level: str) -> None:
    """They are judged with the pod that they are added to, which may itself be forbidden."""
    world = PodWorld(SEED + 1_000_000)
    namespace = namespaces(f"pss-{SEED}-ephemeral")[level]
    labels = namespace["metadata"].pop("labels")
    name = namespace["metadata"]["name"]
    plane.apply([namespace])
    wait_for(plane, f"/api/v1/namespaces/{name}/serviceaccounts/default")
    stored = list(itertools.islice(store(plane, name, world), STORED))
    plane.apply([namespace | {"metadata": {"name": name, "labels": labels}}])

    def asked() -> Iterator[tuple[Json, str]]:
        for number in itertools.count():
            pod = stored[number % STORED]
            added = world.ephemeral_containers()
            body = {"spec": {"ephemeralContainers": added}}
            path = f"/api/v1/namespaces/{name}/pods/{pod['metadata']['name']}/ephemeralcontainers"
            whole = pod | {"spec": pod["spec"] | {"ephemeralContainers": added}}
            yield whole, ask(plane, "PATCH", path, body)

    answers, differences = compare(level, counted(asked(), max(100, PODS // 5)))
    report(level, "pods with ephemeral containers", answers)
    plane.delete([namespace])
    assert not differences, f"ASSESSOR_SEED={SEED}: {len(differences)}, such as {differences[0]}"


def store(plane: ControlPlane, namespace: str, world: PodWorld) -> Iterator[Json]:
    """Pods that are really created; every second one as strict as can be."""
    for number in itertools.count():
        pod = world.pod() if number % 2 else world.strict()
        pod["metadata"]["name"] = f"stored-{number}"
        code, answer = plane.request("POST", f"/api/v1/namespaces/{namespace}/pods", pod)
        if code == 201:
            yield answer | {"apiVersion": "v1", "kind": "Pod"}


def counted(asked: Iterator[tuple[Json, str]], count: int) -> Iterator[tuple[Json, str]]:
    """As many as are needed for ``count`` answers of admission."""
    left = count
    for manifest, answer in asked:
        yield manifest, answer
        left -= answer != REFUSED
        if not left:
            return


def report(level: str, what: str, answers: Counter[str]) -> None:
    """The figures, and a gate against a world that proves nothing."""
    print(f"{level}: {what}: {dict(answers)}")  # noqa: T201 - the test's report
    told_apart = answers[ALLOWED] + answers[FORBIDDEN]
    assert min(answers[ALLOWED], answers[FORBIDDEN]) > 0.03 * told_apart
    assert answers[REFUSED] < told_apart

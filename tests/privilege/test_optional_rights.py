"""Each right of the optional components, dropped alone, where the kinds that they read are served.

On a control plane of their own: definitions are not gone as soon as they are deleted.
"""

from collections.abc import Iterator

import pytest

from assessor.inventory.kinds import OPTIONAL_KINDS, Evidence
from playground import installation
from tests.integration.kube import Json, condition, eventually
from tests.planes import prepared
from tests.privilege.conftest import scene
from tests.privilege.declared import mistaken
from tests.privilege.definitions import definitions
from tests.privilege.rights import SHIPPED, Right, rights, roles
from tests.privilege.stage import WELL, Stage

COMPONENTS = ("policy-engines", "secret-makers", "metrics-auth")
MANIFESTS = installation.with_components(*COMPONENTS)
OPTIONAL = [role for role in roles(MANIFESTS) if role not in SHIPPED]
EVIDENCE = {(kind.group, kind.plural): kind.evidence for kind in OPTIONAL_KINDS}
ALL = tuple(rights(OPTIONAL))
OBSERVED = [right for right in ALL if right.action[:2] in EVIDENCE]
REVIEWS = [right for right in ALL if right.action[:2] not in EVIDENCE]
JUDGED_BY = {Evidence.POLICY_ENGINES: {"NET-01"}, Evidence.SECRET_MAKERS: {"SECRET-03"}}
"""What the README says that the components are for."""
AUTH = ("--metrics-auth", "kubernetes")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A cluster that serves every optional kind, and has every component."""
    components = (each for each in MANIFESTS if each["kind"] != "Deployment")
    with prepared(scene(), definitions(OPTIONAL_KINDS), components) as running:
        yield Stage(running)


@pytest.fixture(scope="module")
def full(stage: Stage) -> dict[str, Json]:
    """The statuses with all optional rights, by namespace."""
    with stage.operator() as operator:
        statuses = stage.judged(operator)
        assert stage.panel(operator) == WELL
    for namespace, status in statuses.items():
        assert condition(status, "EvidenceComplete")["status"] == "True", namespace
    return statuses


def test_three_components_have_rights() -> None:
    """What is proven below is what is shipped."""
    assert {role["metadata"]["name"] for role in OPTIONAL} == {
        f"kube-assessor-{component}" for component in COMPONENTS
    }
    granted = {(right.action[:2], right.verb) for right in OBSERVED}
    assert granted == {(kind, verb) for kind in EVIDENCE for verb in ("list", "watch")}


@pytest.mark.parametrize("right", OBSERVED, ids=str)
def test_evidence(stage: Stage, full: dict[str, Json], right: Right) -> None:
    """The controls of that evidence are Unknown in every namespace, and nothing else differs."""
    lost = EVIDENCE[right.action[:2]]
    with stage.operator(right, roles=OPTIONAL) as operator:
        statuses = stage.judged(operator)
        panel = stage.panel(operator)
    assert statuses.keys() == full.keys()
    wrong = {
        namespace: found
        for namespace, status in statuses.items()
        if (found := mistaken(full[namespace], status, lost))
    }
    assert wrong == {}
    assert _forbidden(statuses) == JUDGED_BY[lost]
    for namespace, status in statuses.items():
        evidence = condition(status, "EvidenceComplete")
        assert evidence["status"] == "False", namespace
        assert evidence["message"].startswith(f"Forbidden: {lost}."), namespace
    assert panel == WELL._replace(
        unusable=frozenset({right.action[:2]}), refused=frozenset({right.action})
    )


def _forbidden(statuses: dict[str, Json]) -> set[str]:
    """The controls that are Unknown for want of a right, in any namespace."""
    return {
        each["id"]
        for status in statuses.values()
        for each in status["controls"]
        if (each["result"], each["reason"]) == ("Unknown", "Forbidden")
    }


@pytest.mark.parametrize("right", REVIEWS, ids=str)
def test_who_may_read_the_metrics(stage: Stage, right: Right) -> None:
    """Nobody is shown them, be it an administrator; what the operator is for goes on."""
    with stage.operator(right, roles=OPTIONAL, flags=AUTH) as operator:
        eventually(lambda: operator.answers("/readyz"))
        code, told = operator.scraped()
        assert code == 503
        assert "manifests/components/metrics-auth" in told
        stage.drift()
        assert operator.answers("/healthz")
        assert operator.said("reads of /metrics cannot be authorized")
    assert stage.requests(code=403) == {right.action}


def test_each_is_used(stage: Stage) -> None:
    """Whatever is granted and not used could be taken away."""
    with stage.operator(flags=AUTH) as operator:
        stage.judged(operator)
    used = stage.requests()
    assert {right.action for right in ALL} <= used
    assert used <= {right.action for right in (*ALL, *rights(SHIPPED))}

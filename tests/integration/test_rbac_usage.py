"""Least privilege from use, on the real API server: its audit log in, roles that fit out.

What the right-sized roles allow is proven by making each request again, by the same account.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from assessor.analysis.rbac.requests import Request, service_account
from playground.controlplane import AUDIT_POLICY
from tests.conformance.rbac_world import Question
from tests.conformance.referee import answers
from tests.integration.conftest import new_namespace
from tests.integration.kube import Json, Kube, eventually
from tests.integration.usage_world import RBAC, World

ASSESSOR = Path(__file__).parents[2] / ".venv" / "bin" / "assessor"


@pytest.fixture
def world(kube: Kube, namespace: str) -> Iterator[World]:
    """The accounts; their ClusterRoles go with them."""
    other = new_namespace(kube)
    made = World(kube, namespace, other)
    yield made
    kube.plane.delete(each for each in made.granted if "namespace" not in each["metadata"])
    kube.delete(f"/api/v1/namespaces/{other}")


@pytest.fixture
def log(world: World, tmp_path: Path) -> Path:
    """The audit log of a day's work, which begins after the rights were granted."""
    eventually(lambda: all(asked(world, "mate", Request("get", "pods", namespace=world.b))))
    time.sleep(1.1)  # the API tells times of objects in whole seconds
    begin = datetime.now(UTC).isoformat()  # noqa: TID251 - the API server's clock
    for step in world.work():
        assert world.answers(step), step
    path = tmp_path / "audit.log"

    def cut() -> bool:
        lines = world.kube.plane.audit_log.read_text(encoding="utf-8").splitlines()
        events = [line for line in lines if json.loads(line)["requestReceivedTimestamp"] >= begin]
        path.write_text("".join(f"{line}\n" for line in events), encoding="utf-8")
        return any(world.work()[-1].path in event for event in events)

    eventually(cut, what="the last request in the audit log")
    return path


def usage(world: World, log: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, asked about the accounts."""
    policy = log.parent / "policy.yaml"
    policy.write_text(yaml.safe_dump(AUDIT_POLICY), encoding="utf-8")
    subjects = [word for subject in world.subjects for word in ("--subject", subject)]
    return subprocess.run(
        [
            *(ASSESSOR, "rbac", "usage", "--audit-log", log, "--policy", policy),
            *("--kubeconfig", world.kube.plane.admin_kubeconfig, *subjects, *arguments),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def asked(world: World, account: str, *requests: Request) -> list[bool]:
    """What the API server's authorizer says to an account's requests."""
    identity = service_account(world.a, account)
    groups = tuple(sorted(identity.groups))
    questions = [Question(identity.user, groups, request) for request in requests]
    return list(answers(world.kube.plane, questions))


def rules(document: Json, subject: str, role: str) -> list[Json]:
    """The rules of one grant to one subject, as they are told."""
    (found,) = (each for each in document["subjects"] if each["subject"] == subject)
    (grant,) = (each for each in found["grants"] if each["role"]["name"] == role)
    made: list[Json] = grant["rules"]
    return made


def words(told: list[Json]) -> set[str]:
    """Rules in a few words: verbs and resources."""
    return {
        f"{' '.join(each['verbs'])} {' '.join(each.get('resources') or each['nonResourceURLs'])}"
        for each in told
    }


def test_what_was_not_used_is_told(world: World, log: Path) -> None:
    """Verbs, names, wildcards, and the namespaces in which a grant for the cluster was used."""
    ran = usage(world, log, "-o", "json")
    assert ran.returncode == 1, ran.stderr
    told = json.loads(ran.stdout)
    app, mate = f"sa:{world.a}/app", f"sa:{world.a}/mate"
    config, secrets, apps, impersonation = rules(told, app, "app")
    assert words(config["unused"]) == {"delete list update watch configmaps"}
    assert [each["resourceNames"] for each in secrets["unused"]] == [["other"]]
    assert words(apps["usedFor"]) == {"list deployments"}
    assert words(apps["unproven"]) == {"update */finalizers"}
    assert [each["verdict"] for each in (config, secrets, apps, impersonation)] == [
        *("PartlyUsed", "PartlyUsed", "PartlyUsed", "Unused")
    ]
    (services,) = rules(told, app, f"{world.a}-services")
    assert [each["namespaces"] for each in services["confined"]] == [[world.a]]
    pods, nodes, metrics = rules(told, mate, f"{world.a}-shared")
    assert [each["namespaces"] for each in pods["confined"]] == [sorted([world.a, world.b])]
    assert (nodes["verdict"], metrics["verdict"]) == ("Unused", "Unproven")


def test_what_it_takes_to_give_rights_on_is_told_where_the_log_shows_the_object(
    world: World, log: Path
) -> None:
    """By `bind` and `escalate`, or by holding what is given on; else anything may have been."""
    told = json.loads(usage(world, log, "-o", "json").stdout)
    role = f"{world.a}-binder"
    _, escalate, bind, _ = rules(told, f"sa:{world.a}/binder", role)
    assert (bind["verdict"], escalate["verdict"]) == ("PartlyUsed", "Used")
    assert [each["resourceNames"] for each in bind["unused"]] == [["edit"]]
    _, escalate, bind, _ = rules(told, f"sa:{world.a}/idle", role)
    assert (bind["verdict"], escalate["verdict"]) == ("Unused", "Unused")
    _, secrets, maps = rules(told, f"sa:{world.a}/granter", f"{world.a}-granter")
    assert (words(secrets["usedFor"]), words(secrets["unused"])) == (
        {"get list secrets"},
        {"delete watch secrets"},
    )
    assert maps["verdict"] == "Unused"
    _, secrets, maps = rules(told, f"sa:{world.a}/patcher", f"{world.a}-patcher")
    assert (words(secrets["usedFor"]), maps["verdict"]) == ({"watch secrets"}, "Unused")
    _, secrets = rules(told, f"sa:{world.a}/unseen", f"{world.a}-unseen")
    assert (secrets["verdict"], words(secrets["unproven"])) == ("Unproven", {"get list secrets"})


def test_what_no_event_tells_of_is_not_called_unused(world: World, log: Path) -> None:
    """What policies' parameters take; constrained impersonation is seen."""
    told = json.loads(usage(world, log, "-o", "json").stdout)
    _, secrets = rules(told, f"sa:{world.a}/policer", f"{world.a}-policer")
    assert (words(secrets["unproven"]), words(secrets["unused"])) == (
        {"get secrets"},
        {"list secrets"},
    )
    identity, actions = rules(told, f"sa:{world.a}/actor", f"{world.a}-actor")
    assert identity["verdict"] == "Used"
    assert words(actions["unused"]) == {"impersonate-on:user-info:get configmaps"}
    (clerk,) = rules(told, f"sa:{world.a}/clerk", f"{world.a}-clerk")
    assert words(clerk["usedFor"]) == {"impersonate users"}


def test_every_request_can_be_made_again_with_the_right_sized_roles(
    world: World, log: Path
) -> None:
    """The same requests get the same answers, and what was not used is refused."""
    ran = usage(world, log, "-o", "yaml")
    documents = [each for each in yaml.safe_load_all(ran.stdout) if each]
    world.clean()
    world.kube.plane.apply(documents)
    here = world.a
    never = [
        Request("delete", "configmaps", namespace=here, name="one"),
        Request("list", "configmaps", namespace=here),
        Request("get", "secrets", namespace=here, name="other"),
        Request("list", "services"),
        Request("list", "services", namespace="default"),
        Request("delete", "services", namespace=here, name="one"),
        Request("get", "deployments", "apps", namespace=here, name="one"),
        Request("impersonate", "serviceaccounts", namespace=here, name="app"),
        Request("delete", "pods", namespace=here, name="one"),
        Request("list", "pods", namespace=world.b),
    ]
    try:
        eventually(lambda: not any(asked(world, "app", *never)), what="the unused is refused")
        for step in world.work():
            eventually(lambda step=step: world.answers(step), within=10, what=str(step))
        kept = [Request("delete", "pods"), Request("get", "nodes"), Request("get", path="/metrics")]
        assert all(asked(world, "quiet", *kept)), "who was not judged keeps everything"
        taken = [Request("delete", "secrets", namespace=here), Request("get", "configmaps")]
        assert not any(
            asked(world, "idle", Request("bind", "clusterroles", RBAC, name="view"))
            + asked(world, "granter", *taken)
            + asked(world, "patcher", *taken, Request("get", "secrets", namespace=here))
            + asked(world, "binder", Request("bind", "clusterroles", RBAC, name="edit"))
            + asked(world, "mate", Request("get", "pods", namespace="default"))
        )
    finally:
        world.kube.plane.delete(each for each in documents if "namespace" not in each["metadata"])


def test_a_grant_that_is_younger_than_the_log_is_not_judged(world: World, log: Path) -> None:
    """It may not have been needed yet."""
    path = f"/apis/{RBAC}/v1/namespaces/{world.a}/rolebindings/app"
    world.kube.merge(path, {"metadata": {"labels": {"touched": "now"}}})
    told = json.loads(usage(world, log, "-o", "json").stdout)
    app = next(each for each in told["subjects"] if each["subject"] == f"sa:{world.a}/app")
    (young,) = (each for each in app["grants"] if each["binding"]["kind"] == "RoleBinding")
    assert "after the log begins" in young["notJudged"]

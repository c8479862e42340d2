"""/metrics with `--metrics-auth kubernetes`: real tokens, reviewed by the real API server."""

import base64
import json
import secrets
from collections.abc import Iterator

import pytest
import urllib3

from playground import installation
from playground.controlplane import LOOPBACK, ControlPlane
from playground.operator_process import OperatorProcess
from tests.integration.kube import Json, Kube, eventually

SCRAPER = ("monitoring", "prometheus")
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
REVIEWS = ("tokenreviews", "subjectaccessreviews")


@pytest.fixture(scope="module")
def operator(plane: ControlPlane) -> Iterator[OperatorProcess]:
    """The operator with what components/metrics-auth grants and sets."""
    manifests = installation.overlay("metrics-auth")
    plane.apply(each for each in manifests if each["kind"] != "Deployment")
    (deployment,) = (each for each in manifests if each["kind"] == "Deployment")
    (variable,) = (
        each
        for each in deployment["spec"]["template"]["spec"]["containers"][0]["env"]
        if each["name"] == "ASSESSOR_METRICS_AUTH"
    )
    process = OperatorProcess(plane, "--metrics-auth", variable["value"])
    process.start()
    plane.apply([binding()])
    yield process
    process.kill()


def binding() -> Json:
    """The right to scrape, for Prometheus."""
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole"}
    namespace, name = SCRAPER
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "prometheus-reads-kube-assessor"},
        "roleRef": role | {"name": "kube-assessor-metrics-reader"},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
    }


def scrape(operator: OperatorProcess, token: str = "", path: str = "/metrics") -> tuple[int, str]:
    """The status code and the body."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"http://{LOOPBACK}:{operator.port}{path}"
    answer = urllib3.request("GET", url, headers=headers, retries=False, timeout=20.0)
    return answer.status, answer.data.decode()


def tampered(token: str) -> str:
    """The same token with a payload that its signature is not of."""
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["sub"] = "system:serviceaccount:monitoring:prometheus"
    claims["exp"] += 3600
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{head}.{forged}.{signature}"


def reviews(plane: ControlPlane) -> int:
    """How many reviews the API server was asked for so far."""
    with plane.audit_log.open(encoding="utf-8") as log:
        refs = [json.loads(line).get("objectRef", {}) for line in log]
    return sum(ref.get("resource") in REVIEWS for ref in refs)


def test_who_may_get_the_url_reads(plane: ControlPlane, operator: OperatorProcess) -> None:
    """And for a minute the API server is not asked again."""
    token = plane.service_account_token(*SCRAPER, 600)
    code, body = scrape(operator, token)
    assert (code, "kube_assessor_queue_depth" in body) == (200, True), body
    asked = reviews(plane)
    assert scrape(operator, token)[0] == 200
    assert reviews(plane) == asked > 0


def test_who_may_not_is_told_so(plane: ControlPlane, operator: OperatorProcess) -> None:
    """A known user without the right."""
    code, body = scrape(operator, plane.service_account_token("default", "default", 600))
    assert code == 403
    assert "system:serviceaccount:default:default may not get /metrics" in body


def test_without_a_token_nothing_is_asked(plane: ControlPlane, operator: OperatorProcess) -> None:
    """The answer says what is wanted."""
    asked = reviews(plane)
    assert scrape(operator) == (401, "a bearer token is needed to read /metrics\n")
    assert reviews(plane) == asked


def test_what_is_no_good_token_is_refused(plane: ControlPlane, operator: OperatorProcess) -> None:
    """Invented, forged, for another audience, and of an account that is gone."""
    other = plane.service_account_token("default", "default", 600)
    assert scrape(operator, secrets.token_hex(16))[0] == 401
    assert scrape(operator, tampered(other))[0] == 401
    assert scrape(operator, audience_token(plane, "somebody-else"))[0] == 401
    assert scrape(operator, plane.token)[0] == 200, "an administrator may read everything"


def audience_token(plane: ControlPlane, audience: str) -> str:
    """A token of the scraper that is not meant for the API server."""
    namespace, name = SCRAPER
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
    spec = {"audiences": [audience], "expirationSeconds": 600}
    code, answer = plane.request("POST", path, {"spec": spec})
    assert code == 201, answer
    return str(answer["status"]["token"])


def test_a_token_ends_with_what_it_is_bound_to(
    plane: ControlPlane, operator: OperatorProcess
) -> None:
    """As an expired one: the API server no longer authenticates it (KEP-1205)."""
    namespace, name = SCRAPER
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bound"}}
    path = f"/api/v1/namespaces/{namespace}/secrets"
    uid = Kube(plane).call("POST", path, secret)["metadata"]["uid"]
    bound = {"apiVersion": "v1", "kind": "Secret", "name": "bound", "uid": uid}
    token = plane.service_account_token(namespace, name, 600, bound)
    Kube(plane).delete(f"{path}/bound")
    eventually(lambda: scrape(operator, token)[0] == 401)


def test_probes_stay_open(operator: OperatorProcess) -> None:
    """The kubelet has no token."""
    assert scrape(operator, path="/healthz")[0] == 200
    assert scrape(operator, path="/readyz")[0] == 200


def test_without_its_role_it_shows_nothing(plane: ControlPlane, operator: OperatorProcess) -> None:
    """And says which manifest is missing."""
    (grant,) = (
        each
        for each in installation.with_components("metrics-auth")
        if each["kind"] == "ClusterRoleBinding" and "metrics-auth" in each["metadata"]["name"]
    )
    plane.delete([grant])
    try:

        def refused() -> bool:
            code, body = scrape(operator, plane.service_account_token(*SCRAPER, 600))
            return code == 503 and "manifests/components/metrics-auth" in body

        eventually(refused)
    finally:
        plane.apply([grant])


def test_without_the_api_server_it_shows_nothing(
    plane: ControlPlane, operator: OperatorProcess
) -> None:
    """Closed, not open; the probes go on."""
    token = plane.service_account_token(*SCRAPER, 601)
    plane.stop_api_server()
    try:
        code, body = scrape(operator, token)
        assert (code, body.startswith("the API server cannot be asked")) == (503, True), body
        assert scrape(operator, path="/readyz")[0] == 200
    finally:
        plane.start_api_server()
    eventually(lambda: scrape(operator, token)[0] == 200)


def test_no_token_was_logged(plane: ControlPlane, operator: OperatorProcess) -> None:
    """Neither a good one nor one that was refused, by an operator that logs all it can."""
    operator.kill()
    loud = OperatorProcess(
        plane, "--metrics-auth", "kubernetes", "--log-level", "debug", name="loud"
    )
    loud.start()
    try:
        good, bad = plane.service_account_token(*SCRAPER, 600), secrets.token_hex(16)
        assert (scrape(loud, good)[0], scrape(loud, bad)[0]) == (200, 401)
    finally:
        loud.kill()
    logged = loud.log.read_text(encoding="utf-8")
    assert "listening" in logged
    assert good not in logged
    assert bad not in logged

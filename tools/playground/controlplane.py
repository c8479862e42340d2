"""A control plane on loopback: etcd, kube-apiserver and controllers, all in one folder."""

import contextlib
import datetime as dt
import json
import secrets
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from playground import certificates
from playground.client import NO_ANSWER, Client, Json
from playground.errors import PlaygroundError
from playground.folders import HeldFolder
from playground.objects import Applier
from playground.processes import Child, undisturbed

START_TIMEOUT = 60.0
LOOPBACK = "127.0.0.1"
OK = 200

AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        # Their bodies tell what they are about.
        {"level": "RequestResponse", "resources": [{"group": "", "resources": ["events"]}]},
        # What it takes to write them depends on what they grant; of ClusterRoles and their bindings
        # the log does not tell it.
        {
            "level": "Request",
            "verbs": ["create", "update", "patch"],
            "resources": [
                {"group": "rbac.authorization.k8s.io", "resources": ["roles", "rolebindings"]}
            ],
        },
        {"level": "Metadata"},
    ],
}

CONTROLLERS_WORK = (
    "/api/v1/namespaces/default/serviceaccounts/default",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/view",
)
"""What exists, with rules in the role, as soon as the controllers have begun."""


class ControlPlane:
    """Starts on entering, ends on leaving; the folder goes with it."""

    def __init__(self, binary: Path) -> None:
        """``binary``: what `playground.binary.find` returns."""
        self._binary = binary
        self._held = HeldFolder()
        self.folder = self._held.path
        self._etcd_port, self._peer_port, self._port = _free_ports(3)
        self._token = secrets.token_hex(16)
        try:
            self.certificates = certificates.make(self.folder)
        except BaseException:
            self._held.remove()
            raise
        self._children: dict[str, Child] = {}
        self.url = f"https://{LOOPBACK}:{self._port}"
        self.ca_file = self.certificates.ca
        self.api_server_starts: list[dt.datetime] = []
        self.audit_log = self.folder / "audit.log"
        self.admin_kubeconfig = self.folder / "kubeconfig"
        self.client = Client(self.url, self.ca_file, self._token)
        self._applier = Applier(self.client)

    def __enter__(self) -> Self:
        """Start all of it; on failure nothing is left running."""
        try:
            self._prepare()
            self._start_etcd()
            self.start_api_server()
            self._start_controllers()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all of it."""
        self.close()

    def close(self) -> None:
        """End every process and remove the folder.

        Nothing of it is needed again, so nobody waits for a graceful end.
        """
        with undisturbed():
            for child in reversed(self._children.values()):
                child.kill()
            self._held.remove()

    # ── what one asks of it ───────────────────────────────────────────────────────────────────

    @property
    def pids(self) -> dict[str, int]:
        """The processes by name."""
        return {name: child.pid for name, child in self._children.items()}

    @property
    def token(self) -> str:
        """The administrator's bearer token, for clients of one's own."""
        return self._token

    @property
    def alive(self) -> bool:
        """Whether all of them run."""
        return all(child.alive for child in self._children.values())

    def request(self, method: str, path: str, body: Any = None, **how: Any) -> tuple[int, Json]:
        """As `Client.request`, by an administrator unless ``token`` says otherwise."""
        return self.client.request(method, path, body, **how)

    def apply(self, objects: Iterable[Json]) -> None:
        """Apply objects, as an administrator."""
        self._applier.apply(objects)

    def delete(self, objects: Iterable[Json]) -> None:
        """Delete objects, as an administrator."""
        self._applier.delete(objects)

    def service_account_token(
        self, namespace: str, name: str, seconds: int, bound_to: Json | None = None
    ) -> str:
        """A token of a service account; ``bound_to`` an object reference, it ends with that."""
        spec = {"expirationSeconds": seconds} | ({"boundObjectRef": bound_to} if bound_to else {})
        code, answer = self.request(
            "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token", {"spec": spec}
        )
        if code >= 300:  # noqa: PLR2004 - HTTP's successes end there
            raise PlaygroundError(f"no token for {namespace}/{name}: {answer.get('message')}")
        return str(answer["status"]["token"])

    def kubeconfig_for_token_file(self, token_file: Path, server: str | None = None) -> Path:
        """Write a kubeconfig beside a file that holds a token; ``server``: a proxy before this."""
        path = token_file.with_suffix(".kubeconfig")
        self._write_kubeconfig(path, {"tokenFile": str(token_file)}, server)
        return path

    def compact(self) -> None:
        """Let etcd forget all but the present: watches of older versions get HTTP 410."""
        revision = int(self._etcd("maintenance/status", {})["header"]["revision"])
        self._etcd("kv/compaction", {"revision": revision, "physical": True})

    # ── its parts ─────────────────────────────────────────────────────────────────────────────

    def stop_controllers(self) -> None:
        """End the controllers: from here on what is made stays as it was made."""
        self._children.pop("controllers").kill()

    def stop_api_server(self) -> None:
        """End the API server as a crash would."""
        self._children.pop("kube-apiserver").kill()

    def start_api_server(self) -> None:
        """Start it with what etcd holds, and wait until it is ready."""
        known = self.certificates
        self._start(
            "kube-apiserver",
            f"--etcd-servers=http://{LOOPBACK}:{self._etcd_port}",
            f"--bind-address={LOOPBACK}",
            f"--advertise-address={LOOPBACK}",
            f"--secure-port={self._port}",
            f"--tls-cert-file={known.server_certificate}",
            f"--tls-private-key-file={known.server_key}",
            f"--client-ca-file={known.ca}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            f"--service-account-key-file={known.service_account_key}",
            f"--service-account-signing-key-file={known.service_account_key}",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-cluster-ip-range=10.0.0.0/24",
            f"--audit-policy-file={self.folder / 'audit-policy.json'}",
            f"--audit-log-path={self.audit_log}",
            # As clusters have it: what may be privileged is for Pod Security to say.
            "--allow-privileged=true",
            # Nothing else runs here that would need to find it.
            "--endpoint-reconciler-type=none",
        )
        self._await("kube-apiserver", self._api_server_ready)
        self.api_server_starts.append(dt.datetime.now(dt.UTC))  # noqa: TID251 - as the audit log

    def _prepare(self) -> None:
        _write_private(self.folder / "tokens.csv", f'{self._token},admin,admin,"system:masters"\n')
        (self.folder / "audit-policy.json").write_text(json.dumps(AUDIT_POLICY))
        self._write_kubeconfig(self.admin_kubeconfig, {"token": self._token})

    def _start_etcd(self) -> None:
        client, peer = (
            f"http://{LOOPBACK}:{self._etcd_port}",
            f"http://{LOOPBACK}:{self._peer_port}",
        )
        self._start(
            "etcd",
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            # What a power failure loses is lost with the folder anyway.
            "--unsafe-no-fsync",
            "--log-level=warn",
        )

    def _start_controllers(self) -> None:
        self._start("controllers", f"--kubeconfig={self.admin_kubeconfig}")
        self._await("controllers", self._controllers_work)

    def _start(self, component: str, *flags: str) -> None:
        log = self.folder / f"{component}.log"
        # An interrupt in between would leave a process that nobody knows of.
        with undisturbed():
            self._children[component] = Child(component, [self._binary, component, *flags], log)

    def _await(self, component: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not ready():
            for child in self._children.values():
                if not child.alive:
                    raise PlaygroundError(f"{child.name} has ended:\n{child.last_words()}")
            if time.monotonic() > deadline:
                words = self._children[component].last_words()
                raise PlaygroundError(f"{component} is not ready in {START_TIMEOUT} s:\n{words}")
            time.sleep(0.05)

    def _api_server_ready(self) -> bool:
        with contextlib.suppress(*NO_ANSWER):
            return self.request("GET", "/readyz")[0] == OK
        return False

    def _controllers_work(self) -> bool:
        account, role = (self.request("GET", path) for path in CONTROLLERS_WORK)
        return account[0] == OK and bool(role[1].get("rules"))

    def _etcd(self, call: str, body: Json) -> Json:
        url = f"http://{LOOPBACK}:{self._etcd_port}/v3/{call}"
        answer = urllib3.request("POST", url, json=body, timeout=10.0, retries=False)
        decoded: Json = answer.json()
        return decoded

    def _write_kubeconfig(self, path: Path, user: Json, server: str | None = None) -> None:
        name = "playground"
        cluster = {"server": server or self.url, "certificate-authority": str(self.ca_file)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": user}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
        _write_private(path, json.dumps(config, indent=2))


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; all are held until all are found, so that they differ."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]

"""Random pods that an API server accepts: near the restricted level, and then away from it.

Half the pods are the strictest ones with a few changes, so that a single field decides; the other
half say whatever comes, at every level. What the API server's validation would refuse is mended,
as far as it is known here; the rest it refuses, and then it is not counted.
"""

import copy
import random
from typing import Any

from playground.client import Json
from tests.conformance.pod_fields import (
    ANNOTATIONS,
    CONTAINER,
    CONTAINER_LEVEL,
    HANDLERS,
    HOSTS,
    POD,
    SYSCTLS,
    VOLUMES,
    WINDOWS_OPTIONS,
)
from tests.conformance.pod_repair import repaired

APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
ABSENT = object()


class PodWorld:
    """Pods; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        """``seed``: what a failure names."""
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret

    def pod(self) -> Json:
        """A pod without ephemeral containers, which cannot be created."""
        made = self._windows() if self._chance(0.12) else self._linux()
        return repaired(made)

    def ephemeral_containers(self) -> list[Json]:
        """Containers to add to a stored pod."""
        made = []
        for number in range(self._random.randint(1, 2)):
            container = self._strict_container(f"debug-{number}")
            self._change_container(container, self._random.choice((0, 1, 1, 2)))
            made.append(container)
        return repaired({"spec": {"containers": made, "hostUsers": False}})["spec"]["containers"]

    # ── pods ──────────────────────────────────────────────────────────────────────────────────

    def _linux(self) -> Json:
        pod = self.strict()
        near = self._chance(0.6)
        changes = self._random.choice((0, 1, 1, 2, 3)) if near else self._random.randint(4, 12)
        for _ in range(changes):
            self._change(pod)
        if self._chance(0.15):
            self._pass_up_and_down(pod)
        return pod

    def _windows(self) -> Json:
        pod = self.strict()
        spec = pod["spec"]
        spec["os"] = {"name": "windows"}
        spec["securityContext"] = self._windows_context()
        host_process = self._chance(0.2)
        spec["hostNetwork"] = host_process or self._chance(0.1)
        for container in self._all(pod):
            container["securityContext"] = self._windows_context()
            if host_process:
                options = container["securityContext"].setdefault("windowsOptions", {})
                options["hostProcess"] = True
        if host_process:
            spec["securityContext"].pop("windowsOptions", None)
        for _ in range(self._random.randint(0, 2)):
            self._change_elsewhere(pod)
        return pod

    def _windows_context(self) -> Json:
        made: Json = {}
        if self._chance(0.6):
            made["runAsNonRoot"] = self._chance(0.8)
        if self._chance(0.5):
            made["windowsOptions"] = copy.deepcopy(self._random.choice(WINDOWS_OPTIONS))
        return made

    def strict(self) -> Json:
        """A pod that the restricted level allows."""
        spec: Json = {
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [
                self._strict_container(f"app-{n}") for n in range(self._random.randint(1, 2))
            ],
        }
        if self._chance(0.5):
            spec["initContainers"] = [
                self._strict_container(f"init-{n}") for n in range(self._random.randint(1, 2))
            ]
            for container in spec["initContainers"]:
                if self._chance(0.4):
                    container["restartPolicy"] = "Always"
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "generated", "annotations": {}},
            "spec": spec,
        }

    def _strict_container(self, name: str) -> Json:
        return {
            "name": name,
            "image": "registry.example.com/app:1",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            },
        }

    # ── changes ───────────────────────────────────────────────────────────────────────────────

    def _change(self, pod: Json) -> None:
        spec = pod["spec"]
        kind = self._random.random()
        if kind < 0.45:
            self._change_container(self._random.choice(self._all(pod)), 1)
        elif kind < 0.7:
            self._set(spec["securityContext"], POD)
        elif kind < 0.8:
            self._set(spec, HOSTS)
        else:
            self._change_elsewhere(pod)

    def _change_elsewhere(self, pod: Json) -> None:
        """What Windows has too: volumes, ports and probes; and on Linux sysctls, annotations."""
        spec = pod["spec"]
        windows = "os" in spec
        kind = self._random.random()
        if kind < 0.4:
            self._add_volume(spec)
        elif kind < 0.6:
            self._add_port(pod)
        elif kind < 0.75 or windows:
            self._add_handler(self._random.choice(self._all(pod)))
        elif kind < 0.9:
            names = self._random.sample(SYSCTLS, self._random.randint(1, 2))
            found = [{"name": name, "value": "1"} for name in names]
            spec["securityContext"]["sysctls"] = found
        else:
            container = self._random.choice(self._all(pod))
            profile = self._random.choice(ANNOTATIONS)
            pod["metadata"]["annotations"][APP_ARMOR + container["name"]] = profile

    def _change_container(self, container: Json, times: int) -> None:
        for _ in range(times):
            if self._chance(0.05):
                container.pop("securityContext", None)
            else:
                self._set(container.setdefault("securityContext", {}), CONTAINER)

    def _pass_up_and_down(self, pod: Json) -> None:
        """One field of the pod says one thing, and those of all its containers another."""
        field, values = self._random.choice(CONTAINER_LEVEL)
        pod["spec"]["securityContext"][field] = copy.deepcopy(self._random.choice(values))
        for container in self._all(pod):
            context = container.setdefault("securityContext", {})
            context[field] = copy.deepcopy(self._random.choice(values))

    def _add_volume(self, spec: Json) -> None:
        volumes = spec.setdefault("volumes", [])
        kind = self._random.choice(sorted(VOLUMES))
        source = {kind: copy.deepcopy(VOLUMES[kind])} if kind else {}
        volumes.append({"name": f"volume-{len(volumes)}"} | source)

    def _add_port(self, pod: Json) -> None:
        container = self._random.choice(self._all(pod))
        ports = container.setdefault("ports", [])
        number = 1000 + len(ports) + 10 * self._all(pod).index(container)
        port: Json = {"containerPort": number}
        if self._chance(0.6):
            port["hostPort"] = self._random.choice((number, 0))
        ports.append(port)

    def _add_handler(self, container: Json) -> None:
        """A probe or lifecycle handler; init containers have some only as sidecars."""
        if container["name"].startswith("init") and "restartPolicy" not in container:
            return
        field, inner = self._random.choice(HANDLERS)
        action = self._random.choice(("httpGet", "tcpSocket"))
        target: Json = {"port": 8080}
        if self._chance(0.6):
            target["host"] = self._random.choice(("", "127.0.0.1", "db.example.com"))
        handler = {action: target}
        container[field] = {inner: handler} if inner else handler

    def _set(self, target: Json, table: dict[str, list[Any]]) -> None:
        field = self._random.choice(sorted(table))
        value = self._random.choice([*table[field], ABSENT])
        if value is ABSENT:
            target.pop(field, None)
        else:
            target[field] = copy.deepcopy(value)

    @staticmethod
    def _all(pod: Json) -> list[Json]:
        return [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

"""Random clusters for NetworkPolicies: small, and full of what is easily got wrong."""

import random
from typing import Any

from tests.conformance.netpol_brute import NAME_LABEL, Json, World

PORTS = (79, 80, 81, 443, 8080, 8081, 8090, 65535)
NAMES = ("web", "metrics", "dns")
PROTOCOLS = ("TCP", "UDP", "SCTP")
CIDRS = ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32")
CIDRS_V6 = ("::/0", "fd00::/8", "fd00:ec2::254/128")
WORLD = ("0.0.0.0/0", "::/0")
LABELS = {"app": ("web", "db", "api"), "tier": ("front", "back")}
NAMESPACE_LABELS = {"team": ("a", "b"), "env": ("prod", "dev")}

POLICY_API = "policy.networking.k8s.io"


class Maker:
    """Makes clusters from one source of chance."""

    def __init__(self, seed: int) -> None:
        """Equal seeds make equal clusters."""
        self.chance = random.Random(seed)  # noqa: S311 - tests, no secret

    def world(self) -> World:
        """A cluster."""
        names = [f"ns{number}" for number in range(self.chance.randint(1, 3))]
        return World(
            [
                _object("v1", "Namespace", each, labels=self._labels(NAMESPACE_LABELS))
                for each in names
            ],
            [
                self._pod(f"pod{number}", self.chance.choice(names))
                for number in range(self.chance.randint(1, 5))
            ],
            [
                self._policy(f"policy{number}", self.chance.choice(names))
                for number in range(self.chance.randint(0, 5))
            ],
            self._admin_policies() if self.chance.random() < 0.4 else [],
        )

    # ── pods ──────────────────────────────────────────────────────────────────────────────────

    def _labels(self, keys: dict[str, tuple[str, ...]]) -> dict[str, str]:
        return {
            key: self.chance.choice(values)
            for key, values in keys.items()
            if self.chance.random() < 0.6
        }

    def _pod(self, name: str, namespace: str) -> Json:
        spec: Json = {"containers": [self._container("main")]}
        if self.chance.random() < 0.4:
            sidecar = self._container("init")
            if self.chance.random() < 0.5:
                sidecar["restartPolicy"] = "Always"
            spec["initContainers"] = [sidecar]
        if self.chance.random() < 0.1:
            spec["hostNetwork"] = True
        made = _object("v1", "Pod", name, namespace, self._labels(LABELS))
        return made | {"spec": spec, "status": {"phase": "Running"}}

    def _container(self, name: str) -> Json:
        ports = [
            {
                "containerPort": self.chance.choice(PORTS),
                "name": each,
                **self._sometimes(protocol=self.chance.choice(PROTOCOLS)),
            }
            for each in NAMES
            if self.chance.random() < 0.4
        ]
        return {"name": name, "image": "example.test/app:1", "ports": ports}

    def _sometimes(self, **given: Any) -> Json:
        return given if self.chance.random() < 0.6 else {}

    def services(self, world: World) -> list[Json]:
        """Services in front of some of the pods, and some in front of nobody."""
        return [
            _object("v1", "Service", f"service{number}", namespace["metadata"]["name"])
            | {
                "spec": {
                    "selector": {"app": self.chance.choice(LABELS["app"])},
                    "ports": [
                        {
                            "port": 80,
                            "targetPort": self.chance.choice((*PORTS, *NAMES)),
                            "protocol": self.chance.choice(PROTOCOLS),
                        }
                    ],
                }
            }
            for number, namespace in enumerate(world.namespaces)
            if self.chance.random() < 0.8
        ]

    # ── selectors ─────────────────────────────────────────────────────────────────────────────

    def _selector(self, keys: dict[str, tuple[str, ...]]) -> Json:
        made: Json = {}
        if self.chance.random() < 0.5:
            key = self.chance.choice(list(keys))
            made["matchLabels"] = {key: self.chance.choice(keys[key])}
        if self.chance.random() < 0.3:
            made["matchExpressions"] = [self._requirement(keys)]
        return made

    def _requirement(self, keys: dict[str, tuple[str, ...]]) -> Json:
        key = self.chance.choice(list(keys))
        operator = self.chance.choice(("In", "NotIn", "Exists", "DoesNotExist"))
        if operator in ("Exists", "DoesNotExist"):
            return {"key": key, "operator": operator}
        values = self.chance.sample(keys[key], self.chance.randint(1, len(keys[key])))
        return {"key": key, "operator": operator, "values": values}

    def _namespaces(self) -> Json:
        if self.chance.random() < 0.3:
            return {"matchLabels": {NAME_LABEL: f"ns{self.chance.randint(0, 3)}"}}
        return self._selector(NAMESPACE_LABELS)

    # ── NetworkPolicies ───────────────────────────────────────────────────────────────────────

    def _policy(self, name: str, namespace: str) -> Json:
        spec: Json = {}
        if self.chance.random() < 0.9:
            spec["podSelector"] = self._selector(LABELS)
        types = self.chance.choice((None, [], ["Ingress"], ["Egress"], ["Ingress", "Egress"]))
        if types is not None:
            spec["policyTypes"] = types
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            if self.chance.random() < 0.6:
                rules = [self._rule(peers) for _ in range(self.chance.randint(0, 3))]
                spec[direction] = rules
        made = _object("networking.k8s.io/v1", "NetworkPolicy", name, namespace)
        return made | {"spec": spec}

    def _rule(self, peers: str) -> Json:
        rule: Json = {}
        if self.chance.random() < 0.8:
            rule[peers] = [self._peer() for _ in range(self.chance.randint(0, 2))]
        if self.chance.random() < 0.1:
            rule[peers] = [{"ipBlock": {"cidr": cidr}} for cidr in WORLD]
        if self.chance.random() < 0.6:
            rule["ports"] = [self._port() for _ in range(self.chance.randint(0, 2))]
        return rule

    def _peer(self) -> Json:
        kind = self.chance.random()
        if kind < 0.3:
            return {"ipBlock": self._block()}
        if kind < 0.5:
            return {"podSelector": self._selector(LABELS)}
        if kind < 0.75:
            return {"namespaceSelector": self._namespaces()}
        return {"podSelector": self._selector(LABELS), "namespaceSelector": self._namespaces()}

    def _block(self) -> Json:
        if self.chance.random() < 0.3:
            return {"cidr": self.chance.choice(CIDRS_V6)}
        cidr = self.chance.choice(CIDRS)
        within = {"0.0.0.0/0": ["10.0.0.0/8"], "10.0.0.0/8": ["10.1.0.0/16", "10.1.2.3/32"]}
        if cidr in within and self.chance.random() < 0.5:
            return {"cidr": cidr, "except": within[cidr]}
        return {"cidr": cidr}

    def _port(self) -> Json:
        made = self._sometimes(protocol=self.chance.choice(PROTOCOLS))
        kind = self.chance.random()
        if kind < 0.15:
            return made
        if kind < 0.45:
            return made | {"port": self.chance.choice(NAMES)}
        low = self.chance.choice(PORTS)
        if kind < 0.6:
            return made | {"port": low, "endPort": max(low, self.chance.choice(PORTS))}
        return made | {"port": low}

    # ── policies of the cluster ───────────────────────────────────────────────────────────────

    def _admin_policies(self) -> list[Json]:
        old = [
            self._admin(f"{POLICY_API}/v1alpha1", "AdminNetworkPolicy", f"anp{number}")
            for number in range(self.chance.randint(0, 2))
        ]
        if self.chance.random() < 0.5:
            kind = "BaselineAdminNetworkPolicy"
            old.append(self._admin(f"{POLICY_API}/v1alpha1", kind, "default"))
        new = [
            self._admin(f"{POLICY_API}/v1alpha2", "ClusterNetworkPolicy", f"cnp{number}")
            for number in range(self.chance.randint(0, 2))
        ]
        made = old + new
        return self.chance.sample(made, min(len(made), 3))

    def _admin(self, version: str, kind: str, name: str) -> Json:
        new = version.endswith("2")
        spec: Json = {"subject": self._subject()}
        if new:
            spec["tier"] = self.chance.choice(("Admin", "Baseline"))
        if kind != "BaselineAdminNetworkPolicy":
            spec["priority"] = self.chance.randint(0, 2)
        baseline = kind == "BaselineAdminNetworkPolicy" and not new
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            spec[direction] = [
                self._admin_rule(peers, new=new, baseline=baseline)
                for _ in range(self.chance.randint(0, 3))
            ]
        return _object(version, kind, name) | {"spec": spec}

    def _subject(self) -> Json:
        if self.chance.random() < 0.6:
            return {"namespaces": self._namespaces()}
        return {"pods": self._pods()}

    def _pods(self) -> Json:
        return {"namespaceSelector": self._namespaces(), "podSelector": self._selector(LABELS)}

    def _admin_rule(self, peers: str, *, new: bool, baseline: bool) -> Json:
        actions = ["Accept" if new else "Allow", "Deny", *([] if baseline else ["Pass"])]
        rule: Json = {
            "action": self.chance.choice(actions),
            peers: [self._admin_peer(peers) for _ in range(self.chance.randint(1, 2))],
        }
        if self.chance.random() < 0.6:
            make = self._protocol if new else self._admin_port
            rule["protocols" if new else "ports"] = [
                make() for _ in range(self.chance.randint(1, 2))
            ]
        return rule

    def _admin_peer(self, peers: str) -> Json:
        kind = self.chance.random()
        if kind < 0.03:
            return {}
        if peers == "to" and kind < 0.3:
            some = self.chance.sample((*CIDRS, *CIDRS_V6), 2)
            return {"networks": list(WORLD) if self.chance.random() < 0.4 else some}
        if peers == "to" and kind < 0.4:
            return self.chance.choice(({"nodes": {}}, {"domainNames": ["example.test"]}))
        return {"pods": self._pods()} if kind < 0.7 else {"namespaces": self._namespaces()}

    def _admin_port(self) -> Json:
        protocol = self._sometimes(protocol=self.chance.choice(PROTOCOLS))
        match self.chance.randint(0, 2):
            case 0:
                return {"portNumber": protocol | {"port": self.chance.choice(PORTS)}}
            case 1:
                low, high = sorted(self.chance.sample(PORTS, 2))
                return {"portRange": protocol | {"start": low, "end": high}}
        return {"namedPort": self.chance.choice(NAMES)}

    def _protocol(self) -> Json:
        if self.chance.random() < 0.2:
            return {"destinationNamedPort": self.chance.choice(NAMES)}
        low, high = sorted(self.chance.sample(PORTS, 2))
        ports: list[Json] = [{}, {"destinationPort": {"number": low}}]
        ports.append({"destinationPort": {"range": {"start": low, "end": high}}})
        return {self.chance.choice(PROTOCOLS).lower(): self.chance.choice(ports)}


def _object(
    version: str,
    kind: str,
    name: str,
    namespace: str | None = None,
    labels: dict[str, str] | None = None,
) -> Json:
    metadata: Json = {"name": name, "uid": name}
    if namespace:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = labels
    return {"apiVersion": version, "kind": kind, "metadata": metadata}

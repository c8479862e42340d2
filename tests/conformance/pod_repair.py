"""What the API server's validation wants of a pod, made so: else too few would reach admission."""

from playground.client import Json

APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
ANNOTATED = {"RuntimeDefault": "runtime/default", "Unconfined": "unconfined"}


def repaired(pod: Json) -> Json:
    """The same pod, changed in place where fields contradict each other."""
    spec = pod["spec"]
    containers = [*spec["containers"], *spec.get("initContainers", [])]
    if any(_context(each).get("procMount") == "Unmasked" for each in containers):
        spec["hostUsers"] = False
    if spec.get("hostUsers") is False:
        for field in ("hostPID", "hostIPC", "hostNetwork"):
            spec.pop(field, None)
    if "os" in spec:
        spec.pop("hostUsers", None)
    for container in containers:
        _repair_context(_context(container))
        _repair_ports(container, on_node=bool(spec.get("hostNetwork")))
    _repair_sysctls(spec)
    _repair_annotations(pod, containers)
    return pod


def _context(container: Json) -> Json:
    found: Json = container.get("securityContext", {})
    return found


def _repair_context(context: Json) -> None:
    if context.get("privileged") and context.get("allowPrivilegeEscalation") is False:
        del context["allowPrivilegeEscalation"]


def _repair_ports(container: Json, *, on_node: bool) -> None:
    for port in container.get("ports", []):
        if on_node and "hostPort" in port:
            port["hostPort"] = port["containerPort"]


def _repair_sysctls(spec: Json) -> None:
    context = spec.get("securityContext", {})
    own = [
        each
        for each in context.get("sysctls", [])
        if not (spec.get("hostNetwork") and each["name"].startswith("net"))
        and not (spec.get("hostIPC") and not each["name"].startswith("net"))
    ]
    if "sysctls" in context:
        context["sysctls"] = own


def _repair_annotations(pod: Json, containers: list[Json]) -> None:
    """An annotation and a field, the pod's included, must name the same profile."""
    annotations = pod.get("metadata", {}).get("annotations", {})
    inherited = pod["spec"].get("securityContext", {}).get("appArmorProfile")
    for container in containers:
        key = APP_ARMOR + container["name"]
        profile = _context(container).get("appArmorProfile", inherited)
        if key in annotations and profile:
            annotations[key] = ANNOTATED.get(profile["type"], "localhost/strict")

"""Which Secrets workloads need, by name; the Secrets themselves are never read."""

from collections.abc import Iterator

from assessor.inventory.workloads import PodSpec


def secrets_used(spec: PodSpec) -> Iterator[tuple[str, str]]:
    """Field path in the pod's spec and name of each Secret that the pod cannot start without."""
    for index, volume in enumerate(spec.volumes):
        for name in volume.secrets:
            yield f"volumes[{index}].{volume.kind}", name
    for container in spec.containers:
        place = f"{container.kind.list_name}[{container.index}]"
        for name in container.secrets:
            yield f"{place}.env", name
    for index, name in enumerate(spec.pull_secrets):
        yield f"imagePullSecrets[{index}]", name

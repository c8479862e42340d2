"""The credentials that a pod is given, against the real API server: as mounted, and as renewed."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from assessor.adapters.api_client import ApiClient
from assessor.adapters.clock import SystemClock
from assessor.adapters.credentials import ServiceAccountCredentials
from assessor.kernel.errors import UnauthorizedError, UnreachableError
from playground import certificates
from tests.integration.kube import Kube
from tests.integration.rights import bind


@pytest.fixture
def mount(kube: Kube, namespace: str, tmp_path: Path) -> Path:
    """What the kubelet mounts: ca.crt and the token of one who may view the namespace."""
    (tmp_path / "token").write_text(bind(kube, namespace, "view", "pod"))
    (tmp_path / "ca.crt").write_bytes(kube.plane.ca_file.read_bytes())
    return tmp_path


def client(kube: Kube, mount: Path) -> ApiClient:
    """A client that finds all of it as it would in a pod."""
    address = urlsplit(kube.plane.url)
    environment = {
        "KUBERNETES_SERVICE_HOST": str(address.hostname),
        "KUBERNETES_SERVICE_PORT": str(address.port),
    }
    source = ServiceAccountCredentials(environment=environment, directory=mount)
    return ApiClient(source, SystemClock())


async def test_a_mounted_account_is_enough(kube: Kube, namespace: str, mount: Path) -> None:
    """Address, authority and token are all that is needed."""
    api = client(kube, mount)
    try:
        assert b'"PodList"' in await api.get(f"/api/v1/namespaces/{namespace}/pods")
    finally:
        await api.aclose()


async def test_a_renewed_token_is_used(kube: Kube, namespace: str, mount: Path) -> None:
    """A token that the server refuses is looked up anew, without a new client."""
    good = (mount / "token").read_text()
    (mount / "token").write_text("refused")
    api = client(kube, mount)
    try:
        with pytest.raises(UnauthorizedError):
            await api.get(f"/api/v1/namespaces/{namespace}/pods")
        (mount / "token").write_text(good)
        assert b'"PodList"' in await api.get(f"/api/v1/namespaces/{namespace}/pods")
    finally:
        await api.aclose()


async def test_a_renewed_authority_is_used(kube: Kube, namespace: str, mount: Path) -> None:
    """Another authority's server is not trusted; when ca.crt is replaced, it is."""
    other = mount / "other"
    other.mkdir()
    (mount / "ca.crt").write_bytes(certificates.make(other).ca.read_bytes())
    api = client(kube, mount)
    try:
        with pytest.raises(UnreachableError, match="certificate"):
            await api.get(f"/api/v1/namespaces/{namespace}/pods")
        (mount / "ca.crt").write_bytes(kube.plane.ca_file.read_bytes())
        assert b'"PodList"' in await api.get(f"/api/v1/namespaces/{namespace}/pods")
    finally:
        await api.aclose()

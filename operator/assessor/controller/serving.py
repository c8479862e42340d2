"""The operator's port as its settings want it: who may read /metrics, and by which certificate."""

from collections.abc import Callable

from assessor.adapters.api_client import ApiClient
from assessor.adapters.metrics_access import MetricsAccess
from assessor.adapters.serving_certificate import ServingCertificate
from assessor.controller.server import Probe, ProbeServer, Rendered
from assessor.controller.settings import MetricsAuth, Settings
from assessor.kernel.clock import Clock


def probe_server(
    settings: Settings,
    client: ApiClient,
    clock: Clock,
    *,
    healthy: Probe,
    ready: Probe,
    metrics: Callable[[], Rendered],
) -> ProbeServer:
    """Wire the server; CredentialsError where its certificate cannot be used."""
    asks = settings.metrics_auth is MetricsAuth.KUBERNETES
    return ProbeServer(
        settings.http_host,
        settings.http_port,
        healthy=healthy,
        ready=ready,
        metrics=metrics,
        guard=MetricsAccess(client, clock).refusal if asks else None,
        tls=ServingCertificate(settings.tls_cert_file, settings.tls_key_file).context
        if settings.tls_cert_file and settings.tls_key_file
        else None,
    )

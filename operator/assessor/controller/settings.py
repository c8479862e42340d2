"""The operator's settings: one pydantic model from which flags, environment and help derive."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assessor.kernel.errors import SettingsError

ENVIRONMENT_PREFIX = "ASSESSOR"


class LogFormat(StrEnum):
    """How log lines look; ``auto`` is console on a terminal and JSON elsewhere."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    """The least level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class MetricsAuth(StrEnum):
    """Who may read /metrics; ``kubernetes``: whom the API server lets get that URL."""

    NONE = "none"
    KUBERNETES = "kubernetes"


Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseModel):
    """What `assessor run` can be told; every field is a flag and ``ASSESSOR_<NAME>``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kubeconfig: Path | None = Field(
        None, description="Kubeconfig to use; without it, the pod's own service account."
    )
    context: str | None = Field(None, description="Context of the kubeconfig; its current one.")
    http_host: str = Field(
        "0.0.0.0",  # noqa: S104 - probes and scrapes come from outside the pod
        description="Address that /healthz, /readyz and /metrics listen on.",
    )
    http_port: int = Field(8080, ge=0, le=65535, description="Their port; 0 picks a free one.")
    metrics_auth: MetricsAuth = Field(
        MetricsAuth.NONE,
        description="Who may read /metrics: everybody who reaches it, or by bearer token whom the"
        " API server lets get /metrics (TokenReview, SubjectAccessReview).",
    )
    tls_cert_file: Path | None = Field(
        None,
        description="PEM certificate chain to serve HTTPS with, probes included; read again when"
        " it changes.",
    )
    tls_key_file: Path | None = Field(None, description="Its PEM key.")
    log_format: LogFormat = Field(
        LogFormat.AUTO, description="JSON for machines, console for people."
    )
    log_level: LogLevel = Field(LogLevel.INFO, description="Least level that is logged.")
    workers: int = Field(8, ge=1, le=64, description="Assessments judged and written at once.")
    stale_after: Seconds = Field(
        60.0, description="Seconds without contact after which a kind's evidence is stale."
    )
    watch_silence: Seconds = Field(
        90.0,
        description="Seconds without a byte after which a watch is taken for dead and opened anew;"
        " an idle one brings a bookmark about every minute.",
    )
    coalesce: Seconds = Field(
        0.1, description="Seconds in which further changes of one namespace are taken together."
    )
    coalesce_cap: Seconds = Field(
        1.0, description="Seconds that a change waits at most while others keep coming."
    )
    leader_elect: bool = Field(
        False,
        description="Write only while holding a Lease, so that several may run: one leads, the"
        " others stand by.",
    )
    leader_elect_namespace: str | None = Field(
        None, description="Namespace of the Lease; without it, the pod's own."
    )
    leader_elect_lease: str = Field("kube-assessor", description="Name of the Lease.")
    leader_elect_lease_duration: Seconds = Field(
        15.0, description="Seconds after which a Lease that nobody renewed may be taken."
    )
    leader_elect_renew_deadline: Seconds = Field(
        10.0, description="Seconds after which a leader that could not renew it ends."
    )
    leader_elect_retry_period: Seconds = Field(
        2.0, description="Seconds between two renewals, or two looks of those who stand by."
    )
    discovery_interval: Seconds = Field(
        30.0,
        description="Seconds between two looks for kinds that only some clusters have.",
    )

    @model_validator(mode="after")
    def _election_is_sound(self) -> Self:
        duration, deadline = self.leader_elect_lease_duration, self.leader_elect_renew_deadline
        if not duration > deadline > self.leader_elect_retry_period:
            raise ValueError(
                "the lease duration must be longer than the renew deadline, and that longer than"
                " the retry period"
            )
        return self

    @model_validator(mode="after")
    def _certificate_is_whole(self) -> Self:
        if (self.tls_cert_file is None) is not (self.tls_key_file is None):
            raise ValueError("--tls-cert-file and --tls-key-file need each other")
        return self


def load(values: dict[str, object]) -> Settings:
    """Validate raw flag values; SettingsError names the flag, the value and the reason."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if not first["loc"]:
            raise SettingsError(str(first["ctx"]["error"])) from error
        flag = "--" + "-".join(str(part) for part in first["loc"]).replace("_", "-")
        raise SettingsError(f"{flag}={first['input']!r}: {first['msg']}") from error

"""Settings come from flags and environment, and bad ones are named."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from assessor.cli.run import run
from assessor.controller.settings import Settings, load
from assessor.kernel.errors import SettingsError

KUBECONFIG = {
    "current-context": "c",
    "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    "clusters": [{"name": "c", "cluster": {"server": "https://cluster.test"}}],
    "users": [{"name": "u", "user": {}}],
}


def test_defaults_need_nothing() -> None:
    """Without a flag the operator uses its pod's own service account."""
    assert load({}).kubeconfig is None


def test_text_is_converted() -> None:
    """Flags arrive as text and become numbers."""
    assert load({"workers": "3", "stale_after": "1.5"}).workers == 3


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("workers", "0", "--workers='0'"),
        ("http_port", "70000", "--http-port='70000'"),
        ("coalesce", "soon", "--coalesce='soon'"),
        ("log_format", "xml", "--log-format='xml'"),
    ],
)
def test_bad_value_is_named(name: str, value: str, told: str) -> None:
    """The error says which flag holds which unusable value."""
    with pytest.raises(SettingsError, match=told):
        load({name: value})


def test_help_explains_every_setting() -> None:
    """Each field has a flag, its environment variable and a sentence in --help."""
    text = " ".join(CliRunner().invoke(run, ["--help"], terminal_width=200).output.split())
    for name, field in Settings.model_fields.items():
        assert "--" + name.replace("_", "-") in text
        assert f"ASSESSOR_{name.upper()}" in text
        assert field.description
        assert field.description.split(";")[0] in text


@pytest.mark.parametrize(("duration", "deadline", "retry"), [(10, 10, 2), (15, 10, 10)])
def test_an_election_that_two_could_win_is_refused(
    duration: float, deadline: float, retry: float
) -> None:
    """A leader must give up before anybody else may lead, and have a second try before that."""
    values = {"lease_duration": duration, "renew_deadline": deadline, "retry_period": retry}
    with pytest.raises(SettingsError, match=r"^the lease duration must be longer"):
        load({f"leader_elect_{name}": value for name, value in values.items()})


def test_an_election_outside_of_a_pod_needs_a_namespace(tmp_path: Path) -> None:
    """It is told before anything is asked of a cluster."""
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(yaml.safe_dump(KUBECONFIG), encoding="utf-8")
    flags = ["--leader-elect", f"--kubeconfig={kubeconfig}"]
    with pytest.raises(SettingsError, match="--leader-elect-namespace"):
        CliRunner().invoke(run, flags, catch_exceptions=False, standalone_mode=False)

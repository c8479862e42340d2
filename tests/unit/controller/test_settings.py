"""Settings come from flags and environment, and bad ones are named."""

import pytest
from click.testing import CliRunner

from assessor.cli.run import run
from assessor.controller.settings import Settings, load
from assessor.kernel.errors import SettingsError


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

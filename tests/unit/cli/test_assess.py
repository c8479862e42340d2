"""`assessor assess`: what it refuses before it asks a cluster, and its exit codes."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessor.api.parsing import parse_spec
from assessor.cli.assess import assess, exit_code
from assessor.controller.judge import Judge
from assessor.engine.assessment import Assessment
from assessor.inventory.workloads import PodSpec
from assessor.kernel.errors import CredentialsError
from tests.unit.views import account, pod, snapshot


def run(*arguments: str) -> Result:
    """Call the command."""
    return CliRunner().invoke(assess, arguments)


def judged(**spec: object) -> Assessment:
    """A namespace of one pod with an account of its own, and no NetworkPolicy, judged."""
    alone = pod("p", PodSpec(service_account="app", automount=False))
    return Judge().assess(
        parse_spec(spec), snapshot(pods=(alone,), service_accounts=(account("app"),))
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "--namespace NAME or --all-namespaces"),
        (("-n", "a", "-A"), "--namespace NAME or --all-namespaces"),
        (("-n", ""), "--namespace is empty"),
        (("-A", "--assessment", "baseline"), "does not go with -A"),
        (("-n", "a", "--assessment", "b", "--profile", "full"), "its own profile"),
        (("-n", "a", "--fail-on", "info"), "'info' is not one of"),
    ],
)
def test_contradictions_are_usage_errors(arguments: tuple[str, ...], told: str) -> None:
    """Exit code 2, and the message names what to change."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in result.output


def test_unreadable_kubeconfig_is_named(tmp_path: Path) -> None:
    """No cluster is guessed where the named file does not exist."""
    missing = tmp_path / "absent"
    result = run("-n", "a", "--kubeconfig", str(missing))
    assert isinstance(result.exception, CredentialsError)
    assert str(missing) in str(result.exception)


def test_exit_codes() -> None:
    """A failure is 1, what matters and is not known is 3, and only compliance is 0."""
    failing, undecided = judged(), judged(controls={"include": ["IMAGE-01"]})
    compliant = judged(failOn="Critical", controls={"severities": {"NET-01": "Low"}})
    assert failing.compliance.status == "False"
    assert exit_code({"a": failing, "b": undecided}) == 1
    assert exit_code({"a": undecided, "b": compliant}) == 3
    assert exit_code({"b": compliant}) == 0

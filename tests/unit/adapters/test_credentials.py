"""Credentials come from files that change, and errors name the file and the reason."""

# ruff: noqa: S105, S106 - these tokens open nothing

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.adapters.credentials import (
    Connection,
    KubeconfigCredentials,
    ServiceAccountCredentials,
)
from assessor.adapters.kubeconfig import load_with_plugins
from assessor.kernel.errors import CredentialsError

IN_POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}
PEM = "-----BEGIN CERTIFICATE-----\n"


def encoded(text: str) -> str:
    """Encode as a ``*-data`` field is."""
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    """A service account's files, mounted as the kubelet does: through a link to a directory."""
    publish(tmp_path, "first")
    for name in ("token", "ca.crt"):
        (tmp_path / name).symlink_to(Path("..data") / name)
    return tmp_path


def publish(directory: Path, token: str, ca: str = "ca") -> None:
    """Swap the link to a directory with other files, as the kubelet does."""
    version = directory / f"..{len(list(directory.iterdir()))}"
    version.mkdir()
    (version / "token").write_text(token)
    (version / "ca.crt").write_text(ca)
    link = directory / "..new"
    link.symlink_to(version.name)
    link.rename(directory / "..data")


def account(directory: Path, **environment: str) -> ServiceAccountCredentials:
    """Make the source of a pod."""
    return ServiceAccountCredentials(environment=environment or IN_POD, directory=directory)


def kubeconfig(
    tmp_path: Path, *, cluster: dict[str, Any] | None = None, user: dict[str, Any] | None = None
) -> Path:
    """Write a kubeconfig with two contexts; the current one is ``here``."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [
            {"name": "here", "context": {"cluster": "c", "user": "u"}},
            {"name": "there", "context": {"cluster": "other", "user": "u"}},
            {"name": "broken", "context": {"cluster": "missing", "user": "u"}},
        ],
        "clusters": [
            {"name": "c", "cluster": {"server": "https://here:6443/"} | (cluster or {})},
            {"name": "other", "cluster": {"server": "https://there:6443"}},
        ],
        "users": [{"name": "u", "user": user or {}}],
    }
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(content))
    return path


class TestServiceAccount:
    """The files that the kubelet mounts."""

    def test_a_pod_finds_its_server_token_and_ca(self, mounted: Path) -> None:
        """Address from the environment, the rest from the directory."""
        connection = account(mounted).current()
        assert connection.server == "https://10.0.0.1:443"
        assert connection.token == "first"
        assert connection.ca_file == str(mounted / "ca.crt")

    def test_an_ipv6_address_is_bracketed(self, mounted: Path) -> None:
        """Or its last group would be taken for the port."""
        source = account(mounted, KUBERNETES_SERVICE_HOST="fd00::1", KUBERNETES_SERVICE_PORT="443")
        assert source.current().server == "https://[fd00::1]:443"

    def test_a_renewed_token_is_used(self, mounted: Path) -> None:
        """The next request after the kubelet's swap has the new token."""
        source = account(mounted)
        before = source.current()
        assert source.current() is before
        publish(mounted, "second")
        assert source.current().token == "second"

    def test_a_renewed_ca_is_another_connection(self, mounted: Path) -> None:
        """Under the same path: the TLS identity differs, the token does not."""
        source = account(mounted)
        before = source.current()
        publish(mounted, "first", ca="renewed")
        assert source.current().tls != before.tls

    def test_reloading_looks_again_even_if_nothing_seems_changed(self, mounted: Path) -> None:
        """A file that was rewritten in place, with its old time and size."""
        source = account(mounted)
        source.current()
        status = (mounted / "token").stat()
        (mounted / "token").write_text("fresh")
        os.utime(mounted / "token", ns=(status.st_atime_ns, status.st_mtime_ns))
        assert source.current().token == "first"
        assert source.reload().token == "fresh"

    def test_outside_of_a_pod_the_error_says_so(self, tmp_path: Path) -> None:
        """The message names the variables."""
        with pytest.raises(CredentialsError, match=r"KUBERNETES_SERVICE_HOST.*kubeconfig"):
            account(tmp_path, OTHER="x").current()

    def test_a_missing_token_is_named(self, tmp_path: Path) -> None:
        """With its path and the reason."""
        with pytest.raises(CredentialsError, match=r"token: No such file"):
            account(tmp_path).current()

    @pytest.mark.parametrize("token", ["", "  \n", "two lines\nhere", "s\u00e9cret"])
    def test_what_is_no_token_is_refused_unquoted(self, mounted: Path, token: str) -> None:
        """It names the file, and does not quote what may be half of a secret."""
        publish(mounted, token)
        with pytest.raises(CredentialsError, match="token") as caught:
            account(mounted).current()
        assert not token.strip() or token not in str(caught.value)


class TestKubeconfig:
    """A plain kubeconfig."""

    def test_data_fields_are_decoded(self, tmp_path: Path) -> None:
        """Also when they are wrapped."""
        data = encoded(PEM)
        path = kubeconfig(
            tmp_path,
            cluster={
                "certificate-authority-data": data[:8] + "\n" + data[8:],
                "tls-server-name": "kubernetes",
            },
            user={"client-certificate-data": data, "client-key-data": encoded("key")},
        )
        connection = KubeconfigCredentials(path).current()
        assert connection.server == "https://here:6443"
        assert connection.ca_data == PEM.encode()
        assert connection.client_certificate_data == PEM.encode()
        assert connection.client_key_data == b"key"
        assert connection.tls_server_name == "kubernetes"
        assert not connection.insecure

    def test_files_are_relative_to_the_kubeconfig(self, tmp_path: Path) -> None:
        """As kubectl has it."""
        (tmp_path / "ca.pem").write_text(PEM)
        path = kubeconfig(tmp_path, cluster={"certificate-authority": "ca.pem"})
        assert KubeconfigCredentials(path).current().ca_file == str(tmp_path / "ca.pem")

    def test_a_context_can_be_chosen(self, tmp_path: Path) -> None:
        """Instead of the current one."""
        path = kubeconfig(tmp_path, cluster={"insecure-skip-tls-verify": True})
        assert KubeconfigCredentials(path).current().insecure
        assert KubeconfigCredentials(path, "there").current().server == "https://there:6443"

    def test_a_token_file_wins_over_the_token_and_is_followed(self, tmp_path: Path) -> None:
        """A rewritten file is read again, its kubeconfig unchanged."""
        (tmp_path / "token").write_text("first\n")
        source = KubeconfigCredentials(
            kubeconfig(tmp_path, user={"token": "old", "tokenFile": "token"})
        )
        assert source.current().token == "first"
        (tmp_path / "token").write_text("the second\n".replace(" ", "-"))
        assert source.current().token == "the-second"

    def test_a_changed_kubeconfig_is_read_again(self, tmp_path: Path) -> None:
        """Without a restart."""
        source = KubeconfigCredentials(kubeconfig(tmp_path, user={"token": "one"}))
        assert source.current().token == "one"
        kubeconfig(tmp_path, user={"token": "another"})
        assert source.current().token == "another"

    def test_a_changed_client_certificate_is_another_connection(self, tmp_path: Path) -> None:
        """Under the same path."""
        for name in ("tls.crt", "tls.key"):
            (tmp_path / name).write_text("one")
        source = KubeconfigCredentials(
            kubeconfig(tmp_path, user={"client-certificate": "tls.crt", "client-key": "tls.key"})
        )
        before = source.current()
        (tmp_path / "tls.crt").write_text("renewed")
        assert source.current().tls != before.tls

    @pytest.mark.parametrize(
        ("user", "reason"),
        [
            ({"exec": {"command": "aws"}}, "'exec'"),
            ({"auth-provider": {"name": "gcp"}}, "'auth-provider'"),
            ({"username": "u", "password": "p"}, "'username'"),
            ({"client-certificate-data": "LS0t"}, "client-key"),
            ({"client-certificate-data": "!"}, "client-certificate-data: is not base64"),
            ({"tokenFile": "nowhere"}, "nowhere: No such file"),
            ({"token": 7}, "Expected `str"),
        ],
    )
    def test_an_unusable_user_is_refused(
        self, tmp_path: Path, user: dict[str, Any], reason: str
    ) -> None:
        """The message says what it is that cannot be used."""
        with pytest.raises(CredentialsError, match=reason):
            KubeconfigCredentials(kubeconfig(tmp_path, user=user)).current()

    def test_an_unknown_context_names_the_known_ones(self, tmp_path: Path) -> None:
        """So that a typing error is seen."""
        path = kubeconfig(tmp_path)
        with pytest.raises(CredentialsError, match="no context 'x'; there are: here, there"):
            KubeconfigCredentials(path, "x").current()
        with pytest.raises(CredentialsError, match="no cluster 'missing'"):
            KubeconfigCredentials(path, "broken").current()

    def test_a_missing_kubeconfig_is_named(self, tmp_path: Path) -> None:
        """With its path."""
        with pytest.raises(CredentialsError, match=r"nothing: No such file"):
            KubeconfigCredentials(tmp_path / "nothing").current()

    @pytest.mark.parametrize(
        "text", ["token: [s3cret", "- s3cret", "clusters: s3cret", "\tx: s3cret"]
    )
    def test_a_malformed_kubeconfig_is_named_and_not_quoted(
        self, tmp_path: Path, text: str
    ) -> None:
        """Its lines may hold tokens."""
        path = tmp_path / "config"
        path.write_text(text)
        with pytest.raises(CredentialsError, match="config") as caught:
            KubeconfigCredentials(path).current()
        assert "s3cret" not in str(caught.value)

    def test_reading_it_does_not_import_the_kubernetes_package(self, tmp_path: Path) -> None:
        """That import costs 20-50 MiB."""
        code = (
            "import sys; from pathlib import Path;"
            "from assessor.adapters import api_client, event_recorder, status_writer;"
            "from assessor.adapters.credentials import KubeconfigCredentials;"
            "print(KubeconfigCredentials(Path(sys.argv[1])).current().token);"
            "assert 'kubernetes' not in sys.modules"
        )
        path = kubeconfig(tmp_path, user={"token": "t"})
        environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
        told = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        assert told.stdout == "t\n"


class TestPlugins:
    """The official client's loader, for one-shot commands."""

    def test_an_exec_plugin_gives_the_token(self, tmp_path: Path) -> None:
        """It is run, and its token taken."""
        credential = (
            '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",'
            ' "status": {"token": "from-plugin"}}'
        )
        connection = load_with_plugins(exec_config(tmp_path, f"echo '{credential}'"), None)
        assert connection.token == "from-plugin"
        assert connection.server == "https://here:6443"

    def test_a_failing_plugin_tells_why(self, tmp_path: Path) -> None:
        """The loader itself only logs it, and would go on without credentials."""
        with pytest.raises(CredentialsError, match=r"config: no credentials: .*login first"):
            load_with_plugins(exec_config(tmp_path, "echo login first >&2; exit 3"), None)

    def test_data_is_usable_as_files(self, tmp_path: Path) -> None:
        """The CA and the context's server arrive."""
        path = kubeconfig(
            tmp_path,
            cluster={"certificate-authority-data": encoded(PEM)},
            user={"token": "t"},
        )
        connection = load_with_plugins(path, None)
        assert connection.ca_file
        assert Path(connection.ca_file).read_text() == PEM
        assert load_with_plugins(path, "there").server == "https://there:6443"

    def test_no_credentials_at_all_is_an_error(self, tmp_path: Path) -> None:
        """Anonymous requests would be answered with puzzling refusals."""
        with pytest.raises(CredentialsError, match="its user has none"):
            load_with_plugins(kubeconfig(tmp_path), None)

    def test_a_password_is_not_supported(self, tmp_path: Path) -> None:
        """The API server has had no basic authentication since 1.19."""
        path = kubeconfig(tmp_path, user={"username": "u", "password": "p"})
        with pytest.raises(CredentialsError, match="password"):
            load_with_plugins(path, None)

    @pytest.mark.parametrize("text", ["", "[", "contexts: 7", "a: b"])
    def test_a_malformed_file_is_named(self, tmp_path: Path, text: str) -> None:
        """Whatever the loader raises."""
        path = tmp_path / "config"
        path.write_text(text)
        with pytest.raises(CredentialsError, match=str(path)):
            load_with_plugins(path, None)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        """With its path."""
        with pytest.raises(CredentialsError, match="nothing"):
            load_with_plugins(tmp_path / "nothing", None)


def exec_config(tmp_path: Path, script: str) -> Path:
    """Write a kubeconfig whose user is a shell script."""
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": ["-c", script],
    }
    return kubeconfig(tmp_path, user={"exec": plugin})


def test_a_connection_does_not_show_its_secrets() -> None:
    """Neither to logs nor to rich's tracebacks."""
    connection = Connection(server="https://s", token="s3cret", client_key_data=b"s3cret")
    assert "s3cret" not in repr(connection)
    assert "s3cret" not in str(connection.__rich_repr__())

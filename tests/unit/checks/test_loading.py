"""Finding the checks of a package."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

import assessor.checks
from assessor.catalogue.checklist import CONTROLS
from assessor.checks.loading import load
from assessor.kernel.errors import CatalogueError

MODULE = """
from assessor.catalogue.checks import Subjects, check
from assessor.kernel.severity import Severity

@check("{id}", control="{control}", severity=Severity.LOW, over=Subjects.ROOTS,
       needs=frozenset(), remediation="")
def found(root, snapshot):
    yield from ()
"""


def package(monkeypatch: pytest.MonkeyPatch, path: Path, **modules: str) -> ModuleType:
    """A package of these modules that lives for one test."""
    name = f"checks_of_{path.name}"
    for module, text in modules.items():
        (path / f"{module}.py").write_text(text, encoding="utf-8")
        monkeypatch.delitem(sys.modules, f"{name}.{module}", raising=False)
    made = ModuleType(name)
    made.__path__ = [str(path)]
    monkeypatch.setitem(sys.modules, name, made)
    return made


def test_all_checks_are_found_in_order() -> None:
    """Every family, sorted by id, each check once though its module may be read twice."""
    found = [check.id for check in load()]
    assert found == sorted(set(found))
    assert {"no-network-policy", "shared-service-account"} <= set(found)
    assert load() == load()


def test_every_check_is_of_a_known_control() -> None:
    """And of one that a namespace can answer."""
    namespaced = {control.id for control in CONTROLS if not control.cluster_only}
    assert {check.control for check in load()} <= namespaced


def test_a_check_is_found_where_a_module_defines_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No list needs to be extended; a module that imports a check does not double it."""
    one = MODULE.format(id="one", control="NET-01")
    name = f"checks_of_{tmp_path.name}"
    made = package(monkeypatch, tmp_path, one=one, two=f"from {name}.one import found\n")
    assert [check.id for check in load(made)] == ["one"]


def test_two_checks_of_one_id_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Findings would not tell which of them spoke."""
    same = MODULE.format(id="same", control="NET-01")
    made = package(monkeypatch, tmp_path, one=same, two=same)
    with pytest.raises(CatalogueError, match="'same'"):
        load(made)


def test_a_check_of_no_control_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The engine would never run it."""
    made = package(monkeypatch, tmp_path, one=MODULE.format(id="lost", control="NET-99"))
    with pytest.raises(CatalogueError, match=r"'lost'.*'NET-99'"):
        load(made)


def test_no_check_is_lost_for_want_of_a_package() -> None:
    """In a folder without `__init__.py` a check is not found, and nobody would know."""
    folders = {path.parent for path in Path(assessor.checks.__path__[0]).rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []

"""Finds the checks: whatever module of this package defines one, alone or in a tuple."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import assessor.checks
from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check
from assessor.kernel.errors import CatalogueError


def load(package: ModuleType = assessor.checks) -> tuple[Check, ...]:
    """All checks of ``package`` and below, sorted by id.

    CatalogueError: two checks of one id, or a check of a control that the checklist lacks.
    """
    known = {control.id for control in CONTROLS}
    found: dict[str, Check] = {}
    for check in _checks(package):
        if found.setdefault(check.id, check) is not check:
            raise CatalogueError(f"two checks are called {check.id!r}")
        if check.control not in known:
            raise CatalogueError(f"check {check.id!r}: there is no control {check.control!r}")
    return tuple(found[check_id] for check_id in sorted(found))


def _checks(package: ModuleType) -> Iterator[Check]:
    for entry in walk_packages(package.__path__, f"{package.__name__}."):
        module = import_module(entry.name)
        for value in vars(module).values():
            members = value if isinstance(value, tuple) else (value,)
            yield from (each for each in members if isinstance(each, Check))

"""What a scan is asked to do, and which checks that selects."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check
from assessor.catalogue.profiles import BUILT_IN_PROFILES, DEFAULT_PROFILE
from assessor.kernel.errors import InputError
from assessor.kernel.severity import Severity


class Settings(Struct, frozen=True):
    """``include`` and ``exclude`` are ids or globs of controls or checks.

    An empty ``include`` means all of the profile.
    ``complete``: the files are all that there is, so that what is not in them is absent.
    ``baseline`` holds the fingerprints that are not told again. ``dockerfiles`` are files that are
    Dockerfiles whatever they are called; ``context`` is the folder of their builds, where it is
    told.
    """

    profile: str = DEFAULT_PROFILE
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = {}
    complete: bool = False
    baseline: frozenset[str] = frozenset()
    dockerfiles: frozenset[str] = frozenset()
    context: str | None = None


def selected(settings: Settings, checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks that are run; InputError for a profile or a pattern that names nothing."""
    known = tuple(checks)
    profile = BUILT_IN_PROFILES.get(settings.profile)
    if profile is None:
        choices = ", ".join(sorted(BUILT_IN_PROFILES))
        raise InputError(f"there is no profile {settings.profile!r}; choose one of {choices}")
    _refuse_unknown(settings, known)
    return tuple(
        check
        for check in known
        if (
            _named(check, settings.include)
            if settings.include
            else check.control in profile.controls and profile.runs(check)
        )
        and not _named(check, settings.exclude)
    )


def _named(check: Check, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(check.control, each) or fnmatchcase(check.id, each) for each in patterns)


def _refuse_unknown(settings: Settings, checks: tuple[Check, ...]) -> None:
    """A pattern that is misspelt must not select nothing without a word."""
    names = {each.id for each in CONTROLS} | {check.id for check in checks}
    for pattern in (*settings.include, *settings.exclude, *settings.severities):
        if not any(fnmatchcase(name, pattern) for name in names):
            raise InputError(f"{pattern!r} names no control and no check; `assessor list` does")

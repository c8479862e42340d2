"""What package managers leave behind in a layer, and how a build keeps that out of it."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from assessor.analysis.dockerfiles.package_managers import actions
from assessor.analysis.dockerfiles.packages import Action, Verb
from assessor.analysis.dockerfiles.shipping import covers
from assessor.inventory.dockerfiles.commands import Command
from assessor.inventory.dockerfiles.files import Stage
from assessor.inventory.dockerfiles.instructions import Instruction


class Cache(Struct, frozen=True):
    """A manager's cache: its folders, and what keeps it out.

    ``verbs`` fill it. ``flags`` of the call and ``variables`` of the environment switch it off,
    ``clean`` are the words of a call that empties it, and ``tail`` is the command to put behind.
    ``flag`` is the option to add, where there is one.
    """

    folders: tuple[str, ...]
    verbs: tuple[Verb, ...] = (Verb.INSTALL, Verb.UPGRADE)
    flags: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    clean: tuple[str, ...] = ()
    flag: str = ""
    tail: str = ""


_APT = Cache(
    ("/var/lib/apt/lists",),
    (Verb.REFRESH,),
    tail="rm -rf /var/lib/apt/lists/*",
)
_DNF_FOLDERS = ("/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5")

CACHES: Mapping[str, Cache] = {
    "apt": _APT,
    "apt-get": _APT,
    "aptitude": _APT,
    "apk": Cache(
        ("/var/cache/apk",),
        (Verb.INSTALL, Verb.UPGRADE, Verb.REFRESH),
        flags=("--no-cache",),
        flag="--no-cache",
    ),
    "yum": Cache(("/var/cache/yum", "/var/cache/dnf"), clean=("yum",), tail="yum clean all"),
    "dnf": Cache(_DNF_FOLDERS, clean=("dnf", "dnf5"), tail="dnf clean all"),
    "microdnf": Cache(("/var/cache/yum",), clean=("microdnf",), tail="microdnf clean all"),
    "tdnf": Cache(("/var/cache/tdnf",), clean=("tdnf",), tail="tdnf clean all"),
    "zypper": Cache(("/var/cache/zypp",), clean=("zypper",), tail="zypper clean --all"),
    "pacman": Cache(
        ("/var/cache/pacman/pkg",), clean=("pacman",), tail="rm -rf /var/cache/pacman/pkg/*"
    ),
    "pip": Cache(
        ("/root/.cache/pip",),
        (Verb.INSTALL,),
        flags=("--no-cache-dir", "--no-cache"),
        variables=("PIP_NO_CACHE_DIR", "UV_NO_CACHE"),
        clean=("pip", "pip3"),
        flag="--no-cache-dir",
    ),
    "npm": Cache(("/root/.npm",), (Verb.INSTALL,), clean=("npm",), tail="npm cache clean --force"),
    "yarn": Cache(
        ("/usr/local/share/.cache",), (Verb.INSTALL,), clean=("yarn",), tail="yarn cache clean"
    ),
}
"""By manager. gem and go keep what they install from, which is the image's business."""


def left_behind(run: Instruction, stage: Stage, index: int) -> list[Action]:
    """The calls in a RUN that fill a cache which the RUN leaves in its layer; one of a manager."""
    found: dict[str, Action] = {}
    for number, command in enumerate(run.commands):
        for action in actions((command,)):
            cache = CACHES.get(action.manager)
            if cache is None or action.manager in found or action.verb not in cache.verbs:
                continue
            if action.verb is Verb.INSTALL and not _installs(action):
                continue
            if _is_switched_off(cache, stage, index) or _is_kept_out(cache, action, run):
                continue
            if not any(_empties(cache, each) for each in run.commands[number + 1 :]):
                found[action.manager] = action
    return list(found.values())


def _installs(action: Action) -> bool:
    """Whether it installs anything; of pip, npm and the like also what a file lists."""
    return bool(action.packages or action.manager in ("npm", "yarn") or action.flags & {"-r", "-e"})


def _is_kept_out(cache: Cache, action: Action, run: Instruction) -> bool:
    """By an option, or by a mount over the folder."""
    mounted = any(_is_mounted(folder, run) for folder in cache.folders)
    return mounted or bool(action.flags & set(cache.flags))


def _is_mounted(folder: str, run: Instruction) -> bool:
    """A mount of type cache or tmpfs leaves nothing in the layer."""
    mounts = (*run.mounts("cache"), *run.mounts("tmpfs"))
    targets = (each.get("target") or each.get("dst") or each.get("destination") for each in mounts)
    return any(target and covers(target, folder) for target in targets)


def _is_switched_off(cache: Cache, stage: Stage, index: int) -> bool:
    before = (each for each in stage.instructions[:index] if each.keyword in ("ENV", "ARG"))
    return any(pair.name in cache.variables for each in before for pair in each.pairs)


def _empties(cache: Cache, command: Command) -> bool:
    if command.program in cache.clean:
        return any(text in ("clean", "cc", "purge", "-Scc") for text in command.texts)
    if command.program == "rm":
        wanted = [word.text.rstrip("/*") or "/" for word in command.arguments]
        return any(_reaches(text, folder) for text in wanted for folder in cache.folders)
    if command.program == "find":
        return "-delete" in command.texts and any(
            text.startswith(folder) for text in command.texts for folder in cache.folders
        )
    return False


def _reaches(removed: str, folder: str) -> bool:
    if not removed.startswith("/"):
        return removed.startswith(("~", "$HOME")) and folder.startswith("/root/")
    return covers(removed, folder) or fnmatchcase(folder, removed)

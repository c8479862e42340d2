"""The package managers of distributions: apt, apk, yum and dnf, zypper, pacman."""

import re
from collections.abc import Callable, Mapping

from assessor.analysis.dockerfiles.packages import Action, Package, Parsed, Verb, parsed
from assessor.inventory.dockerfiles.commands import Command, Word

Verbs = Mapping[str, Verb]

_APT_TAKES = frozenset({"-o", "--option", "-t", "--target-release", "-c", "--config-file", "-a"})
_APT: Verbs = {
    "install": Verb.INSTALL,
    "reinstall": Verb.INSTALL,
    "build-dep": Verb.INSTALL,
    "upgrade": Verb.UPGRADE,
    "dist-upgrade": Verb.UPGRADE,
    "full-upgrade": Verb.UPGRADE,
    "safe-upgrade": Verb.UPGRADE,
    "update": Verb.REFRESH,
    "remove": Verb.REMOVE,
    "purge": Verb.REMOVE,
    "autoremove": Verb.REMOVE,
    "clean": Verb.CLEAN,
}

_APK_TAKES = frozenset({"-X", "--repository", "-t", "--virtual", "-p", "--root", "--arch"})
_APK: Verbs = {
    "add": Verb.INSTALL,
    "upgrade": Verb.UPGRADE,
    "update": Verb.REFRESH,
    "del": Verb.REMOVE,
}

_YUM_TAKES = frozenset(
    {"-c", "--config", "-x", "--exclude", "--installroot", "--releasever", "-R", "-d", "-e"}
    | {"--enablerepo", "--disablerepo", "--repo", "--repoid", "--setopt", "--forcearch"}
)
_YUM: Verbs = {
    "install": Verb.INSTALL,
    "localinstall": Verb.INSTALL,
    "reinstall": Verb.INSTALL,
    "groupinstall": Verb.INSTALL,
    "upgrade": Verb.UPGRADE,
    "update": Verb.UPGRADE,
    "upgrade-minimal": Verb.UPGRADE,
    "update-minimal": Verb.UPGRADE,
    "distro-sync": Verb.UPGRADE,
    "makecache": Verb.REFRESH,
    "check-update": Verb.REFRESH,
    "remove": Verb.REMOVE,
    "erase": Verb.REMOVE,
    "autoremove": Verb.REMOVE,
    "clean": Verb.CLEAN,
}

_ZYPPER_TAKES = frozenset(
    {"-R", "--root", "-r", "--repo", "--from", "-t", "--type", "-D", "--plus-repo", "-p", "-c"}
)
_ZYPPER: Verbs = {
    "install": Verb.INSTALL,
    "in": Verb.INSTALL,
    "update": Verb.UPGRADE,
    "up": Verb.UPGRADE,
    "patch": Verb.UPGRADE,
    "dist-upgrade": Verb.UPGRADE,
    "dup": Verb.UPGRADE,
    "refresh": Verb.REFRESH,
    "ref": Verb.REFRESH,
    "remove": Verb.REMOVE,
    "rm": Verb.REMOVE,
    "clean": Verb.CLEAN,
    "cc": Verb.CLEAN,
}

_NAMED_VERSION = re.compile(r"-(?:[0-9]+:)?[0-9][0-9A-Za-z.+~^_]*(?:-|$|\.)")
_RELATION = re.compile(r"[<>=~!]+")


def _is_file(text: str, *suffixes: str) -> bool:
    return text.startswith(("/", "./", "../")) or text.endswith(suffixes) or "://" in text


def _named(word: Word, pattern: str) -> str:
    return re.split(pattern, word.text, maxsplit=1)[0]


def _apt_package(word: Word, _: Parsed) -> Package:
    pinned = "=" in word.text
    return Package(_named(word, r"[=/]").rstrip("+-"), word, pinned, _is_file(word.text, ".deb"))


def _apk_package(word: Word, _: Parsed) -> Package:
    relation = _RELATION.search(word.text)
    # Above or below a version is not at a version.
    pinned = relation is not None and relation[0] in ("=", "==", "~=", "~", "=~")
    return Package(_named(word, r"[<>=~@]"), word, pinned, _is_file(word.text, ".apk"))


def _rpm_package(word: Word, _: Parsed) -> Package:
    version = _NAMED_VERSION.search(word.text)
    name = word.text[: version.start()] if version else word.text
    return Package(name, word, version is not None, _is_file(word.text, ".rpm"))


def _zypper_package(word: Word, _: Parsed) -> Package:
    relation = _RELATION.search(word.text)
    pinned = relation is not None and relation[0] in ("=", "==")
    return Package(_named(word, r"[<>=]"), word, pinned, _is_file(word.text, ".rpm"))


MakePackage = Callable[[Word, Parsed], Package]


def _reader(
    manager: str, verbs: Verbs, takes: frozenset[str], make: MakePackage
) -> Callable[[Command], Action | None]:
    def read(command: Command) -> Action | None:
        words = parsed(command.arguments, takes)
        if not words.rest:
            return None
        verb_word, *named = words.rest
        verb = verbs.get(verb_word.text, Verb.OTHER)
        newest = verb is Verb.UPGRADE and bool(named)
        if newest:
            verb = Verb.INSTALL
        packages = tuple(make(word, words) for word in named) if verb is Verb.INSTALL else ()
        if verb is Verb.REMOVE:
            packages = tuple(Package(word.text, word) for word in named)
        return Action(manager, verb, verb_word, command, packages, words.flags, newest)

    return read


def read_pacman(command: Command) -> Action | None:
    """Operations are letters: ``-Syu`` refreshes, and upgrades everything."""
    words = parsed(command.arguments, frozenset({"-r", "--root", "--config", "--cachedir", "-b"}))
    letters = next((w for w in command.arguments if w.text.startswith("-")), None)
    if letters is None:
        return None
    flags = words.flags
    if flags & {"-R", "--remove"}:
        packages = tuple(Package(word.text, word) for word in words.rest)
        return Action("pacman", Verb.REMOVE, letters, command, packages, flags)
    if not flags & {"-S", "--sync", "-U", "--upgrade"}:
        return Action("pacman", Verb.OTHER, letters, command, (), flags)
    local = bool(flags & {"-U", "--upgrade"}) and not flags & {"-S", "--sync"}
    packages = tuple(Package(word.text, word, local=local) for word in words.rest)
    if flags & {"-u", "--sysupgrade"}:
        verb = Verb.UPGRADE
    elif flags & {"-c", "--clean"} or "-Scc" in flags:
        verb = Verb.CLEAN
    else:
        verb = Verb.INSTALL if packages else Verb.REFRESH
    return Action("pacman", verb, letters, command, packages, flags)


SYSTEM = {
    "apt": _reader("apt", _APT, _APT_TAKES, _apt_package),
    "apt-get": _reader("apt-get", _APT, _APT_TAKES, _apt_package),
    "aptitude": _reader("aptitude", _APT, _APT_TAKES, _apt_package),
    "apk": _reader("apk", _APK, _APK_TAKES, _apk_package),
    "yum": _reader("yum", _YUM, _YUM_TAKES, _rpm_package),
    "dnf": _reader("dnf", _YUM, _YUM_TAKES, _rpm_package),
    "dnf5": _reader("dnf", _YUM, _YUM_TAKES, _rpm_package),
    "microdnf": _reader("microdnf", _YUM, _YUM_TAKES, _rpm_package),
    "tdnf": _reader("tdnf", _YUM, _YUM_TAKES, _rpm_package),
    "zypper": _reader("zypper", _ZYPPER, _ZYPPER_TAKES, _zypper_package),
    "pacman": read_pacman,
}
"""By the program's name."""

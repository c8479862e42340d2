"""Package managers: what a command tells them, package by package."""

import pytest

from assessor.adapters.dockerfiles.reading import read_dockerfile
from assessor.analysis.dockerfiles.package_managers import READERS, actions
from assessor.analysis.dockerfiles.packages import Action, Verb


def told(command: str) -> Action:
    """What the one call of a package manager in a RUN is."""
    file = read_dockerfile("Dockerfile", f"FROM a:1\nENV V=1.2 LIST='a b'\nRUN {command}\n")
    (found,) = actions(file.stages[0].instructions[-1].commands)
    return found


@pytest.mark.parametrize(
    ("command", "loose", "pinned"),
    [
        ("apt-get install -y curl=8.1 git", "git", "curl"),
        ("apt-get -fmy -o Dpkg::Use-Pty=0 install git -t stable", "git", ""),
        ("apt install ./a.deb /b.deb c/bookworm", "c", ""),
        ("aptitude install -y git", "git", ""),
        ("apt-get install git=$V curl=${MISSING} $LIST", "a b", "git curl"),
        ("apk add --no-cache -t .deps curl~=8 'git>2' bash=5-r0 -X http://x/y", "git", "curl bash"),
        ("yum install -y httpd-2.4.62 mod_ssl java-17-openjdk", "mod_ssl", "httpd java"),
        ("dnf --setopt=a=b install https://x/y.rpm 'git-2.47.1'", "", "git"),
        ("microdnf install --nodocs git", "git", ""),
        ("zypper -n --gpg-auto-import-keys in -y git=2.4 curl 'bash>5'", "curl bash", "git"),
        ("pacman -S --noconfirm git", "git", ""),
        ("pacman -Syu --noconfirm git", "git", ""),
        ("pip3.12 install a==1 'b>=2' c[x] -r r.txt ./d e.whl git+https://x/y", "b c", "a"),
        ("pip install -c constraints.txt a b", "", "a b"),
        ("python3 -m pip install a", "a", ""),
        ("uv pip install a==1 b", "b", "a"),
        ("npm install -g a@1.2 @x/b@^2 @x/c d@latest ./e", "@x/b @x/c d", "a"),
        ("npm ci", "", ""),
        ("yarn add a", "a", ""),
        ("gem install a b:1.2 -n /bin", "a", "b"),
        ("gem install a -v 1.2", "", "a"),
        ("go install x.io/a@latest", "x.io/a", ""),
        ("go install -ldflags '-s -w' x.io/a@v1.2.3 x.io/b@0123456789ab", "", "x.io/a x.io/b"),
        ("go install ./cmd/...", "", ""),
        ("sudo -E apt-get install git", "git", ""),
        ("DEBIAN_FRONTEND=noninteractive apt-get install git", "git", ""),
        ("sh -c 'set -e; apt-get install git'", "git", ""),
        ('bash -euo pipefail -c "apt-get install git"', "git", ""),
        ("echo git | xargs -n 1 apt-get install curl", "curl", ""),
        ('["apk", "add", "git"]', "git", ""),
        ('["/bin/sh", "-c", "apk add git"]', "git", ""),
        ("if true; then (apk add git) fi", "git", ""),
        ("P='a b'; apk add $P", "a b", ""),
    ],
)
def test_packages(command: str, loose: str, pinned: str) -> None:
    """Which ones, and whether their version is said."""
    found = told(command)
    known = [each for each in found.packages if each.known or each.pinned]
    assert [p.name for p in known if not p.pinned and not p.local] == loose.split()
    assert [p.name for p in known if p.pinned and not p.local] == pinned.split()


@pytest.mark.parametrize(
    ("command", "verb"),
    [
        ("apt-get dist-upgrade", Verb.UPGRADE),
        ("apt-get -y upgrade", Verb.UPGRADE),
        ("apk upgrade --no-cache", Verb.UPGRADE),
        ("yum -y update", Verb.UPGRADE),
        ("yum -y update bash", Verb.INSTALL),
        ("dnf upgrade --refresh", Verb.UPGRADE),
        ("zypper dup", Verb.UPGRADE),
        ("zypper patch", Verb.UPGRADE),
        ("pacman -Syu", Verb.UPGRADE),
        ("pacman -Sy", Verb.REFRESH),
        ("pacman -Scc", Verb.CLEAN),
        ("pacman -R git", Verb.REMOVE),
        ("npm update", Verb.UPGRADE),
        ("npm update a", Verb.INSTALL),
        ("npm cache clean --force", Verb.CLEAN),
        ("gem update", Verb.UPGRADE),
        ("apt-get update", Verb.REFRESH),
        ("apt-get purge -y git", Verb.REMOVE),
        ("apk del git", Verb.REMOVE),
        ("pip list", Verb.OTHER),
        ("go build ./...", Verb.OTHER),
    ],
)
def test_verbs(command: str, verb: Verb) -> None:
    """What is done; to upgrade named packages is to install their newest."""
    assert told(command).verb is verb


def test_all_managers_of_the_checklist_are_known() -> None:
    """By their names."""
    assert READERS.keys() >= {
        *("apt", "apt-get", "yum", "dnf", "microdnf", "apk", "zypper", "pacman"),
        *("pip", "npm", "gem", "go"),
    }

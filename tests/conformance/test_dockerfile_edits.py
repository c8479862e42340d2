"""Replacements: each takes its finding away, adds none, and leaves a file that builds."""

import os
from collections.abc import Iterator

import dockerfile as buildkit
import pytest

from tests.conformance.builder import BUILDAH, Builder
from tests.conformance.dockerfile_edits import CHECKS, found, mended
from tests.conformance.dockerfile_texts import dockerfile
from tests.controls.manifests import EXAMPLES

COUNT = int(os.environ.get("ASSESSOR_DOCKERFILES", "300"))  # noqa: TID251 - the size of a run
BAD = {
    path.parent.name: path.read_text(encoding="utf-8") for path in EXAMPLES.rglob("bad.Dockerfile")
}
HARD = {
    "last of a list": "FROM a:1\nRUN apt-get update && \\\n    # why\n    apt-get upgrade -y\n",
    "first of a list": "FROM a:1\nRUN apt-get upgrade -y \\\n    && make \\\n\n    && make all\n",
    "redirected": "FROM a:1\nRUN make && apt-get upgrade -y > /tmp/log 2>&1\n",
    "semicolons": "FROM a:1\nRUN set -e; apt-get upgrade -y; make\n",
    "heredoc": "FROM a:1\nRUN <<EOF\nset -e\napt-get upgrade -y\nmake\nEOF\nRUN make\n",
    "alone": "FROM a:1\nCOPY a /\nRUN apt-get upgrade -y\nCMD app\n",
    "alone at the end": "FROM a:1\nRUN apt-get upgrade -y",
    "exec form": 'FROM a:1\nRUN ["sudo", "apt-get", "install", "-y", "curl"]\n',
    "in sh -c": "FROM a:1\nRUN sh -c 'sudo -E make && sudo make all'\n",
    "ports": "FROM a:1\nEXPOSE 22 8080\nEXPOSE 8081 22/tcp 9090\nEXPOSE 22\nCMD app\n",
    "cd": "FROM a:1\nWORKDIR /tmp\nRUN cd /src && make \\\n && make all\nCOPY a b\n",
    "cd before WORKDIR": "FROM a:1\nRUN cd /src; make\nWORKDIR /tmp\nWORKDIR sub\n",
    "wide characters": "FROM a:1\nRUN echo 'ä😀' && sudo make && apt-get install -y 'ä' curl\n",
    "carriage returns": "FROM a:1\r\nRUN\tsudo make &&\\\r\n\tapt-get upgrade\r\nCMD app\r\n",
    "escape": "# escape=`\nFROM a:1\nRUN apt-get update `\n && apt-get upgrade `\n && make\n",
    "three RUNs": "FROM a:1\nRUN make\nRUN make all\nRUN make more\n",
}
"""What an edit can break."""

BUILT = [name for name, text in HARD.items() if "<<" not in text]
"""Those that a buildah can build that knows no here-documents."""

needs_buildah = pytest.mark.skipif(BUILDAH is None, reason="there is no buildah")


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """A builder with its own base image."""
    return Builder(tmp_path_factory.mktemp("builder"))


def texts() -> Iterator[str]:
    """All files that edits are tried on."""
    yield from BAD.values()
    yield from HARD.values()
    yield from (dockerfile(seed) for seed in range(COUNT))


def test_each_edit_takes_its_finding_away_and_adds_none() -> None:
    """And what is left is a Dockerfile, for BuildKit's parser as well."""
    tried: set[str] = set()
    count = 0
    for text in texts():
        before = found(text)
        for each in mended(text):
            after = found(each.after)
            assert after[each.check] < before[each.check], (each.check, each.before, each.after)
            more = {check for check in after if after[check] > before[check]}
            assert more == set(), (each.check, each.before, each.after)
            buildkit.parse_string(each.after)
            tried.add(each.check)
            count += 1
    print(f"{count} replacements of {len(tried)} checks")  # noqa: T201 - the test's report
    assert tried == MENDABLE


MENDABLE = {
    "add-instead-of-copy",
    "blanket-upgrade",
    "cd-in-run",
    "consecutive-runs",
    "download-tool-installed",
    "impossible-port",
    "package-cache-left",
    "recommended-packages",
    "relative-workdir",
    "remote-access-port",
    "scanner-silenced",
    "sudo-in-run",
}
"""Checks whose right text follows from the rule."""


def test_hard_files_have_edits() -> None:
    """None of them is left out silently."""
    assert [name for name, text in HARD.items() if not list(mended(text))] == []
    assert {check.id for check in CHECKS} >= MENDABLE


@needs_buildah
@pytest.mark.parametrize("name", [*sorted(MENDABLE - {"impossible-port"}), *BUILT])
def test_what_is_left_still_builds(builder: Builder, name: str) -> None:
    """By buildah, on a base image whose package managers are stubs."""
    text = BAD.get(name) or HARD[name]
    assert builder.build(text) == ""
    edits = list(mended(text))
    assert edits
    for each in edits:
        assert builder.build(each.after) == "", each.after


@needs_buildah
def test_a_broken_file_does_not_build(builder: Builder) -> None:
    """The test above can fail."""
    assert builder.build("FROM a:1\nRUN make && && make\n") != ""

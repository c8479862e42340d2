"""What is in an image: stages that are built on or copied from are followed."""

import pytest

from assessor.adapters.dockerfiles.reading import read_dockerfile
from assessor.analysis.dockerfiles.shipping import covers, shipped
from assessor.checks.loading import load
from tests.controls.dockerfiles import problems_in

CHECKS = {check.id: check for check in load()}
SLIM_A = "FROM debian:13.1-slim AS a"
BUILDER = "FROM debian:13.1 AS build\nRUN apt-get install -y curl gcc sudo openssh-server\n"


def stages(text: str) -> tuple[set[int], dict[int, tuple[str, ...]]]:
    """Stages that are in the image as a whole, and what is taken of others."""
    found = shipped(read_dockerfile("Dockerfile", text))
    return set(found.whole), dict(found.paths)


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("FROM debian:13.1-slim\nCOPY --from=build /app /app\n", False),
        ("FROM debian:13.1-slim\nCOPY --from=0 /app /app\n", False),
        ("FROM debian:13.1-slim\nRUN --mount=from=build,target=/b cp /b/app /app\n", False),
        ("FROM build\n", True),
        ("FROM build AS more\nFROM more\n", True),
        ("FROM BUILD\n", True),
        ("FROM debian:13.1-slim\nCOPY --from=build / /\n", True),
        ("FROM debian:13.1-slim\nCOPY --from=0 /usr /usr\n", True),
        ("FROM debian:13.1-slim\nCOPY --from=build /usr/bin/* /usr/bin/\n", True),
        (
            SLIM_A + "\nCOPY --from=build /usr /usr\nFROM scratch\nCOPY --from=a / /\n",
            True,
        ),
        (
            SLIM_A + "\nCOPY --from=build /usr /usr\nFROM scratch\nCOPY --from=a /app /\n",
            False,
        ),
        (
            SLIM_A + "\nCOPY --from=build /app /x\nFROM scratch\nCOPY --from=a /x /\n",
            False,
        ),
    ],
)
def test_tools_of_a_builder_are_in_the_image_only_where_it_is_followed(
    rest: str,
    found: bool,  # noqa: FBT001 - a table
) -> None:
    """curl, compilers, sudo and servers alike."""
    file = read_dockerfile("Dockerfile", BUILDER + rest)
    for check in (
        "download-tool-installed",
        "build-tools-left",
        "sudo-installed",
        "remote-control-installed",
    ):
        assert bool(problems_in(CHECKS[check], file)) == found, check


def test_a_named_tool_is_followed_alone() -> None:
    """What is copied by its path is there, and nothing else of its stage."""
    file = read_dockerfile(
        "Dockerfile", f"{BUILDER}FROM debian:13.1-slim\nCOPY --from=build /usr/bin/curl /bin/\n"
    )
    assert problems_in(CHECKS["download-tool-installed"], file)
    assert not problems_in(CHECKS["build-tools-left"], file)


def test_caches_of_a_builder_are_no_finding() -> None:
    """Unless their folder is copied."""
    text = "FROM debian:13.1 AS build\nRUN apt-get update\nFROM debian:13.1-slim\n"
    left = CHECKS["package-cache-left"]
    assert not problems_in(left, read_dockerfile("a", f"{text}COPY --from=build /app /\n"))
    assert problems_in(left, read_dockerfile("a", f"{text}COPY --from=build /var /var\n"))


def test_only_what_leads_to_the_last_stage_counts() -> None:
    """Stages that nothing takes from are not in the image."""
    text = "FROM a:1 AS a\nFROM b:1 AS b\nFROM a AS c\nFROM scratch\nCOPY --from=c /x /\n"
    assert stages(text) == ({3}, {2: ("/x",), 0: ("/x",)})
    assert stages("FROM a:1\n") == ({0}, {})
    assert stages("FROM a:1 AS a\nCOPY --from=a /x /y\n") == ({0}, {})


@pytest.mark.parametrize(
    ("taken", "path", "whether"),
    [
        ("/usr", "/usr/bin/curl", True),
        ("/", "/a", True),
        ("/usr/bin/curl", "/usr/bin/curl", True),
        ("/usr/", "/usr/bin", True),
        ("/usr/bin/c*", "/usr/bin/curl", True),
        ("/us", "/usr/bin", False),
        ("/usr/bin/curl", "/usr/bin", False),
    ],
)
def test_covers(taken: str, path: str, whether: bool) -> None:  # noqa: FBT001 - a table
    """A folder takes along what is in it."""
    assert covers(taken, path) == whether

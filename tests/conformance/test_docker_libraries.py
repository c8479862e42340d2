"""Ignore files and variables as Docker's own libraries in Go read them.

tools/dockeroracle answers with github.com/moby/patternmatcher and BuildKit's shell lexer.
ASSESSOR_DOCKERFILES is the number of random questions, in hundreds.
"""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assessor.adapters.dockerfiles.expanding import expand
from assessor.adapters.dockerfiles.ignore_rules import IgnoreRules

COUNT = int(os.environ.get("ASSESSOR_DOCKERFILES", "300")) * 10  # noqa: TID251 - the size of a run
MODULE = Path(__file__).parents[2] / "tools" / "dockeroracle"

Json = dict[str, Any]

PARTS = [
    *(
        "a",
        "b",
        "c.md",
        ".env",
        ".git",
        "src",
        "*",
        "**",
        "?",
        "*.md",
        "a*",
        "[ab]",
        "[a-c]",
        "[^a]",
    ),
    *("\\*", "..", ".", "a**", "**b", "x.y", "+", "(", "{a,b}", "$", "é", "*a*b"),
]
PATHS = [
    *("a", "b", "c.md", ".env", ".git", ".git/config", "src", "src/a", "src/b/c.md", "src/.env"),
    *(
        "a/b",
        "a/b/c",
        "ab",
        "a/c.md",
        "x.y",
        "xay",
        "*",
        "src/*",
        "+",
        "(",
        "{a,b}",
        "$",
        "é",
        "é/a",
    ),
]
WORDS = [
    *(
        "$A",
        "${A}",
        "$B",
        "${B:-x}",
        "${A:-x}",
        "${E:-x}",
        "${E-x}",
        "${B-x}",
        "${A:+y}",
        "${E:+y}",
    ),
    *(
        "${E+y}",
        "${B+y}",
        "'",
        '"',
        "\\",
        "a",
        " ",
        "$",
        "/",
        "${A#a}",
        "${A##*a}",
        "${A%c}",
        "${A%%b*}",
    ),
    *(
        "${A/b/X}",
        "${A//a/X}",
        "${B:-$A}",
        "${B:-'q'}",
        "${A#?}",
        "\\$A",
        "${B:-${C:-d}}",
        "é",
        "${A%*c}",
    ),
]
ENVIRONMENT = {"A": "abcabc", "E": "", "C": "a b"}


class Oracle:
    """A process that is asked line by line."""

    def __init__(self, binary: Path) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [str(binary)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, question: Json) -> Json:
        """One question and its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: Json = json.loads(self._process.stdout.readline())
        return answer

    def end(self) -> None:
        """End it."""
        self._process.communicate()


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Docker's libraries, built from their Go modules."""
    binary = tmp_path_factory.mktemp("oracle") / "dockeroracle"
    go = shutil.which("go")
    assert go, "Go is needed, as for the control plane"
    subprocess.run([go, "build", "-o", str(binary), "."], cwd=MODULE, check=True)
    made = Oracle(binary)
    yield made
    made.end()


def ignore_file(rng: random.Random) -> str:
    """A few lines of patterns."""
    lines = []
    for _ in range(rng.randint(1, 4)):
        parts = [rng.choice(PARTS) for _ in range(rng.randint(1, 3))]
        prefix = rng.choice(["", "", "", "!", "/", "! ", "#", " "])
        lines.append(prefix + "/".join(parts) + rng.choice(["", "", "/", " "]))
    return "\n".join(lines) + rng.choice(["", "\n"])


def test_ignore_files_leave_out_what_dockers_do(oracle: Oracle) -> None:
    """Each path of each random file; those that Docker refuses are no question."""
    rng = random.Random(1)  # noqa: S311 - no cryptography
    asked = 0
    for _ in range(COUNT):
        text = ignore_file(rng)
        answer = oracle.ask({"ignore": text, "paths": PATHS})
        if answer["error"]:
            continue
        rules = IgnoreRules(text.splitlines())
        assert [rules.leaves_out(path) for path in PATHS] == answer["leftOut"], repr(text)
        asked += len(PATHS)
    assert asked > COUNT


def test_variables_are_expanded_as_buildkit_does(oracle: Oracle) -> None:
    """Words of quotes, escapes, defaults and patterns, where every variable is known."""
    rng = random.Random(2)  # noqa: S311 - no cryptography
    asked = 0
    for _ in range(COUNT):
        word = "".join(rng.choice(WORDS) for _ in range(rng.randint(1, 4)))
        answer = oracle.ask({"word": word, "env": ENVIRONMENT, "escape": "\\"})
        found = expand(word, ENVIRONMENT)
        # What is not known here, because the base image may set it, is empty there.
        if answer["error"] or not found.known:
            continue
        assert found.text == answer["text"], word
        asked += 1
    assert asked > COUNT / 10

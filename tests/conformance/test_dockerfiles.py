"""Instructions as BuildKit's own parser reads them: the same lines, flags, words, here-documents.

The package `dockerfile` is that parser. ASSESSOR_DOCKERFILES is the number of random files.
"""

import os
import re
from pathlib import Path

import dockerfile as buildkit
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from assessor.adapters.dockerfiles.faults import DockerfileError
from assessor.adapters.dockerfiles.instructing import KEYWORDS
from assessor.adapters.dockerfiles.lines import Lines, Logical
from assessor.adapters.dockerfiles.source import Cut, Source
from assessor.adapters.dockerfiles.words import (
    arguments_of,
    flags_of,
    json_words,
    pairs_of,
)
from tests.conformance.dockerfile_texts import dockerfile
from tests.controls.manifests import EXAMPLES

COUNT = int(os.environ.get("ASSESSOR_DOCKERFILES", "300"))  # noqa: TID251 - the size of a run
ROOT = Path(__file__).parents[2]
JSON_OR_TEXT = ("RUN", "CMD", "ENTRYPOINT", "SHELL")
LISTS = ("COPY", "ADD", "VOLUME", "EXPOSE", "FROM")

ODD = [
    "# escape=`\nFROM a\nRUN a `\n b\nCOPY c:\\x d\n",
    "#escape=`\n# a comment ends the directives\n# escape=\\\nFROM a\nRUN a `\n b\n",
    "FROM a\nRUN a && \\\n# c\n\n  # d\n  b\n",
    "FROM a\nRUN a \\\n\n\n && b\nRUN c \\\n",
    "FROM a\nRUN a \\  \n\n  # com\n\t# com2\n b\n",
    "FROM a\nRUN a \\\\\nRUN b\n",
    "FROM a\nONBUILD RUN <<EOF\nx\nEOF\nRUN y\n",
    "FROM a\nRUN <<-EOF cat\n\tx\n\tEOF\nRUN y\n",
    "FROM a\nRUN cat <<'E1' <<\"E2\" > x\na\nE1\nb\nE2\nRUN y\n",
    "FROM a\nRUN cat <<< hello\nRUN x=$((1<<2)) && y\n",
    "FROM a\nRUN cat <<EOF && b \\\n && c\nin\nEOF\nRUN z\n",
    "FROM a\nRUN cat<<EOF\nRUN b\n",
    'FROM a\nRUN echo "a <<EOF b"\nRUN c\n',
    "FROM a\nRUN <<EOF\nx\n",
    'FROM a\nRUN [ -f x ] && y\nCMD ["a", \'b\']\nRUN ["a\\u0041", "\\"b\\\\"]\n',
    'FROM a\nCMD #x\nUSER "a"\nEXPOSE "80" \'81\'\nWORKDIR a b\n',
    'FROM a\nENV key some  value here\nENV A=1 B="x y" C=d\\ e D=\'f g\'\nLABEL a=b "c.d"="e"\n',
    'FROM a\nENV A=1 \\\n# c\n  B="x \\\n y"\n',
    "FROM a\nCOPY --from=b --chown=a:b 'a b' \"c d\" e\\ f /g\n",
    "FROM a\nADD --checksum=sha256:a https://x y\n",
    "FROM a\r\nRUN x \\\r\n  y\r\nCMD z\r\n",
    "\ufeffFROM a\nRUN x\n",
    "  FROM a\n\tRUN x\n    # com\n  CMD y",
    "FROM a\nRUN --mount=type=secret,id=x --network=none -- x --y\nRUN -- x\n",
    'FROM a\nCOPY <<EOF <<"B" /dst/\nhello $V\nEOF\nraw\nB\nRUN <<a\\ b\nx\na b\n',
    'FROM a\nSHELL ["powershell", "-Command"]\nRUN Get-ChildItem | Write-Host\n',
    "FROM a\nHEALTHCHECK --interval=5s --timeout=3s \\\n  CMD curl x\nHEALTHCHECK NONE\n",
]


_BROKEN_ONBUILD = re.compile(r"ONBUILD[\s\\`]*(?:--|ONBUILD)")
"""No builder takes a flag or another ONBUILD there, and their parser looks behind it."""


class Read(Struct, frozen=True):
    """An instruction, as both can tell it."""

    keyword: str
    first: int
    last: int
    flags: tuple[str, ...]
    json: bool
    words: tuple[str, ...]
    heredocs: tuple[tuple[str, str], ...]


def theirs(text: str) -> list[Read] | None:
    """BuildKit's reading; None where it refuses the text."""
    try:
        found = buildkit.parse_string(text)
    except buildkit.GoParseError:
        return None
    return [
        Read(
            each.cmd.upper() if not each.sub_cmd else each.sub_cmd.upper(),
            each.start_line,
            each.end_line,
            () if each.sub_cmd else tuple(map(plain, each.flags)),
            each.json,
            tuple(each.value),
            tuple((heredoc.name, heredoc.content) for heredoc in each.heredocs),
        )
        for each in found
        if each.cmd
    ]


def plain(flag: str) -> str:
    """A flag as we tell it: it reads them byte by byte, so that é becomes Ã©."""
    name, _, value = flag.encode("latin-1").decode().partition("=")
    return f"{name}={value}" if value else name


def ours(text: str) -> list[Read] | None:
    """Our reading, as far as BuildKit's parser goes, which knows no keywords."""
    source = Source(text)
    lines = Lines(source)
    try:
        found = [read(line, lines) for line in lines.logical() if line.text.text.strip()]
    except DockerfileError:
        return None
    return found or None


def read(line: Logical, lines: Lines) -> Read:
    """One line."""
    keyword, *rest = line.text.split(2)
    arguments = rest[0] if rest else line.text.part(len(line.text.text))
    # Their binding drops the flags and the here-documents of what ONBUILD holds.
    on_build = keyword.text.upper() == "ONBUILD"
    kept = () if on_build else line.blocks
    if keyword.text.upper() == "ONBUILD" and rest:
        keyword, *rest = arguments.split(2)
        arguments = rest[0] if rest else arguments.part(len(arguments.text))
    source = line.text.source
    flags, text = flags_of(arguments)
    name = keyword.text.upper()
    words, is_json = told(name, text, lines)
    blocks = tuple((b.marker.name, source.text[b.begin : b.end]) for b in kept)
    first, _ = source.place(line.begin)
    last, _ = source.place(line.end)
    shown = (
        ()
        if on_build
        else tuple(f"--{flag.name}" + (f"={flag.value}" if flag.value else "") for flag in flags)
    )
    return Read(name, first, last, shown, is_json, words, blocks)


def told(name: str, text: Cut, lines: Lines) -> tuple[tuple[str, ...], bool]:
    """The values that BuildKit's parser gives an instruction."""
    if name in ("ENV", "LABEL"):
        pairs = pairs_of(text, lines.escape)
        return tuple(part.text for name_, value in pairs for part in (name_, value) if part), False
    if name == "ARG":
        made = arguments_of(text, lines.escape)
        return tuple(n.text + (f"={v.text}" if v else "") for n, v in made), False
    strings = json_words(text) if name in (*JSON_OR_TEXT, "COPY", "ADD", "VOLUME") else None
    if strings is not None:
        return tuple(each.text for each in strings), True
    if name in LISTS:
        return tuple(each.text for each in text.split()), False
    return ((text.text,) if text.text else ()), False


def comparable(found: list[Read] | None) -> list[Read] | None:
    """Without what their binding does not tell: HEALTHCHECK, and flags before ONBUILD's keyword."""
    if found is None:
        return None
    return [each for each in found if each.keyword in KEYWORDS - {"HEALTHCHECK", "ONBUILD"}]


def check(text: str) -> None:
    """Both read the same, or both refuse."""
    expected, found = theirs(text), ours(text)
    if expected is None or found is None:
        assert expected == found, text
    assert comparable(found) == comparable(expected), text


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_files_are_read_as_buildkit_reads_them(text: str) -> None:
    """What has been seen to trip parsers."""
    check(text)


def test_random_files_are_read_as_buildkit_reads_them() -> None:
    """Files of many instructions, continued lines and here-documents."""
    for seed in range(COUNT):
        check(dockerfile(seed))


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.Dockerfile")), ids=lambda path: path.stem)
def test_our_examples_are_read_as_buildkit_reads_them(path: Path) -> None:
    """And our own Dockerfile."""
    check(path.read_text(encoding="utf-8"))
    check((ROOT / "Dockerfile").read_text(encoding="utf-8"))


tokens = st.sampled_from(
    [
        *("RUN ", "COPY ", "ENV ", "LABEL ", "ARG ", "ONBUILD ", "CMD ", "FROM a\n", "\n", "\\\n"),
        *("\\", "`", "<<EOF", "<<-E", "EOF\n", "E\n", "\t", " ", "  ", "#", "# c\n", '"', "'", "="),
        *(
            "a",
            "b=c",
            "$X",
            "--x=y ",
            "--",
            "[",
            "]",
            '["a"]',
            ", ",
            "\r\n",
            "&& ",
            "<<<",
            "é",
            "😀",
        ),
    ]
)


@settings(max_examples=COUNT * 5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(tokens, max_size=25))
@example(["FROM a\n", "RUN ", "\\\n", "# c\n"])
@example(["RUN ", "--", "=", "="])
def test_mixtures_are_read_as_buildkit_reads_them(parts: list[str]) -> None:
    """Pieces of the syntax in any order."""
    text = "FROM a\n" + "".join(parts)
    assume(not _BROKEN_ONBUILD.search(text))
    check(text)

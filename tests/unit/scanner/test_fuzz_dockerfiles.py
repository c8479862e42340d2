"""Whatever a Dockerfile holds: no traceback, no hang, and no credential in any output.

ASSESSOR_FUZZ is the number of examples; `make fuzz` takes many.
"""

import json
import os
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor.adapters.dockerfiles.instructing import KEYWORDS
from assessor.cli.scan import scan
from tests.conformance.dockerfile_texts import dockerfile
from tests.controls.manifests import EXAMPLES as FOLDER

EXAMPLES = int(os.environ.get("ASSESSOR_FUZZ", "150"))  # noqa: TID251 - the size of a test run
FORMATS = ("table", "json", "sarif", "junit", "markdown")
SECRET = "Xq7vRt2LpW9z"  # noqa: S105 - made up

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=20_000,  # milliseconds: a hang
    suppress_health_check=list(HealthCheck),
)

SEEDS = [
    *(path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.Dockerfile"))),
    *(dockerfile(seed) for seed in range(100)),
]
PIECES = [
    *(f"{keyword} " for keyword in sorted(KEYWORDS)),
    *(
        "\n",
        "\\\n",
        "\\",
        "`",
        "<<EOF",
        "\nEOF\n",
        '"',
        "'",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "$(",
        "${A",
    ),
    *(
        "&&",
        "||",
        ";",
        "|",
        "--from=",
        "--mount=type=",
        "=",
        ":",
        "@",
        "/",
        "*",
        "\t",
        "\r",
        "\x00",
    ),
    *(
        "sudo ",
        "apt-get install ",
        "pip install ",
        "cd ",
        "sh -c '",
        "curl ",
        "ä",
        "😀",
        "# escape=`\n",
    ),
]


def check(content: bytes, folder: Path, form: str = "json") -> str:
    """Scan the content as a Dockerfile; a bug is an exception here, or told as one."""
    file = folder / "Dockerfile"
    file.write_bytes(content)
    result = CliRunner().invoke(scan, [str(file), "--profile", "full", "-o", form])
    assert result.exit_code in (0, 1, 2), result.exception
    assert isinstance(result.exception, SystemExit | None)
    assert "internal error" not in result.output
    assert '"result":"Error"' not in result.output
    return result.output


@fuzz
@given(st.binary(max_size=300), st.booleans())
def test_bytes(tmp_path: Path, content: bytes, begun: bool) -> None:  # noqa: FBT001 - drawn
    """Arbitrary ones, and such that begin as a Dockerfile."""
    check(b"FROM a\nRUN " + content if begun else content, tmp_path)


@fuzz
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(FORMATS))
def test_pieces(tmp_path: Path, pieces: list[str], form: str) -> None:
    """Of the syntax in any order, in every format."""
    check(("FROM a\n" + "".join(pieces)).encode(), tmp_path, form)


@fuzz
@given(st.integers(0, 2**32), st.sampled_from(FORMATS))
def test_mutations(tmp_path: Path, seed: int, form: str) -> None:
    """Files that were whole, with parts cut out, doubled, exchanged and put in."""
    rng = random.Random(seed)  # noqa: S311 - no cryptography
    text = rng.choice(SEEDS)
    for _ in range(rng.randint(1, 6)):
        begin, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        part = rng.choice(["", text[begin:end] * 2, rng.choice(PIECES), text[begin:end][::-1]])
        text = text[:begin] + part + text[end:]
    check(text.encode("utf-8", "replace"), tmp_path, form)


@pytest.mark.parametrize("form", FORMATS)
def test_no_output_holds_a_credential(tmp_path: Path, form: str) -> None:
    """Wherever it stands: variables, arguments, words, addresses, here-documents, comments."""
    lines = [
        f"ARG TOKEN={SECRET}",
        f"FROM registry.example.com/a:1 AS {'b' * 3}",
        f"ARG NPM_TOKEN={SECRET}",
        f"ENV DB_PASSWORD={SECRET} OTHER=1",
        f'LABEL api_key="{SECRET}"',
        f"RUN export API_TOKEN={SECRET} && curl -u user:{SECRET} https://user:{SECRET}@example.com/",
        f"RUN ./fetch --password {SECRET} && pip install https://user:{SECRET}@example.com/a.whl",
        f"RUN pip install --upgrade git+https://user:{SECRET}@example.com/a.git",
        f"RUN sudo PASSWORD={SECRET} ./run && cd https://user:{SECRET}@example.com/",
        f"ADD https://user:{SECRET}@example.com/a.tgz /a",
        f"ADD ftp://user:{SECRET}@example.com/a /password={SECRET}",
        f"COPY <<EOF /app/.env\npassword: {SECRET}\nEOF",
        f"RUN <<EOF\nDB_PASSWORD={SECRET} ./run\nEOF",
        f"WORKDIR password={SECRET}",
        f"EXPOSE https://user:{SECRET}@example.com",
        f"# a comment with https://user:{SECRET}@example.com",
        f'CMD ["app", "--token", "{SECRET}"]',
        f"HEALTHCHECK CMD curl https://user:{SECRET}@example.com/",
        f"FROM https://user:{SECRET}@example.com/image",
    ]
    for number in range(len(lines)):
        text = "\n".join(["FROM a:1", lines[number]])
        assert SECRET not in check(text.encode(), tmp_path, form), lines[number]
    told = check("\n".join(lines).encode(), tmp_path, form)
    assert SECRET not in told
    if form == "json":
        checks = {each["check"] for each in json.loads(told)["findings"]}
        assert {each for each in checks if each.startswith("credential")} == {
            "credential-elsewhere",
            "credential-in-build-argument",
            "credential-in-command",
            "credential-in-variable",
        }


@pytest.mark.parametrize(
    "content",
    [
        b"FROM a\nRUN " + b"(" * 50_000,
        b"FROM a\nRUN " + b"$(" * 20_000,
        b"FROM a\nRUN " + b"if true; then " * 5_000,
        b"FROM a\nRUN " + b"a && " * 20_000 + b"b",
        b"FROM a\nRUN " + b"a | " * 20_000 + b"b",
        b"FROM a\nRUN " + b"sh -c '" * 5_000,
        b"FROM a\nRUN " + b"sudo " * 10_000 + b"a",
        b"FROM a\n" + b"RUN a\\\n" * 20_000,
        b"FROM a\n" + b"RUN sudo apt-get install -y curl\n" * 3_000,
        b"FROM a\nENV A=a\n" + b"ENV A=$A$A$A$A\n" * 200 + b"RUN $A\n",
        b"FROM a\nENV A=" + b"${A:-" * 20_000,
        b"FROM a\nENV A=" + b"a" * 9_000 + b" B=${A##" + b"*a" * 3 + b"b}\n",
        b"FROM a\nRUN [" + b'"a",' * 50_000 + b'"b"]',
        b"FROM a\nRUN [" + b"[" * 50_000,
        b"FROM a\n"
        + b"".join(b"FROM a AS s%d\nCOPY --from=s%d / /\n" % (n, n - 1) for n in range(800)),
        b"FROM a AS s0\n" + b"".join(b"FROM s%d AS s%d\nRUN a\n" % (n, n + 1) for n in range(800)),
        b"FROM a\n" + b"COPY <<A <<B /x\nA\nB\n" * 5_000,
        b"FROM a\nRUN <<A\n" + b"x\n" * 100_000,
        b"FROM a\n" + b"# c\n" * 100_000,
        b"FROM a\nEXPOSE " + b"1-65535 " * 5_000,
        b"FROM a\nRUN " + b"a" * 1_000_000,
        b"FROM a\nRUN pip install " + b"a " * 40_000,
    ],
    ids=range(22),
)
@pytest.mark.timeout(60)
def test_what_could_hurt(content: bytes, tmp_path: Path) -> None:
    """Depth, doubling, and length."""
    check(content, tmp_path)

"""Whatever a file holds: no traceback, no hang, and an exit code that says what happened.

ASSESSOR_FUZZ is the number of examples; `make fuzz` takes many.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor.adapters.manifests.objects import KINDS
from assessor.cli.scan import scan
from tests.controls.manifests import EXAMPLES as CHECKS_EXAMPLES
from tests.unit.adapters.manifests.yaml_texts import texts

EXAMPLES = int(os.environ.get("ASSESSOR_FUZZ", "150"))  # noqa: TID251 - the size of a test run
MARKS = b"apiVersion: v1\nkind: Pod\n"
FORMATS = ("table", "json", "sarif", "junit", "markdown")

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=20_000,  # milliseconds: a hang
    suppress_health_check=list(HealthCheck),
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["", "default", "1", "TCP", "Always", "system:masters", "a/b", "0.0.0.0/0"]),
)


def documents() -> list[dict[str, Any]]:
    """All objects of all examples of checks."""
    found = []
    for path in sorted(CHECKS_EXAMPLES.glob("*/*/*.yaml")):
        found += filter(None, yaml.safe_load_all(path.read_text(encoding="utf-8")))
    return found


SEEDS = documents()


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """An object of any kind, with some of its parts replaced by what does not belong there."""
    value = json.loads(json.dumps(draw(st.sampled_from(SEEDS))))
    for _ in range(draw(st.integers(1, 4))):
        holder = value
        for _ in range(draw(st.integers(1, 8))):
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(holder[key], dict | list) and holder[key] and draw(st.booleans()):
                holder = holder[key]
                continue
            holder[key] = draw(st.one_of(scalars, st.lists(scalars, max_size=2), st.just({})))
            break
    return value


@st.composite
def invented(draw: st.DrawFn) -> Any:
    """An object of a judged kind with random content."""
    version, kind = draw(st.sampled_from(sorted(KINDS)))
    names = st.sampled_from(["spec", "template", "containers", "rules", "data", "name", "subjects"])
    content = st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)
        ),
        max_leaves=12,
    )
    made = draw(st.dictionaries(names, content, max_size=4))
    return {"metadata": {"name": "a"}} | made | {"apiVersion": version, "kind": kind}


def check(content: bytes, folder: Path, form: str = "json") -> None:
    """Scan the content in a file; a bug is an exception here, or told as one."""
    file = folder / "fuzzed.yaml"
    file.write_bytes(content)
    result = CliRunner().invoke(scan, [str(file), "--complete", "--profile", "full", "-o", form])
    assert result.exit_code in (0, 1, 2), result.exception
    assert isinstance(result.exception, SystemExit | None)
    assert "internal error" not in result.output
    assert '"result":"Error"' not in result.output


@fuzz
@given(st.binary(max_size=200), st.booleans())
def test_bytes(tmp_path: Path, content: bytes, marked: bool) -> None:  # noqa: FBT001 - drawn
    """Arbitrary ones, and such that pass for a manifest."""
    check(MARKS + content if marked else content, tmp_path)


@fuzz
@given(texts(), st.sampled_from(["", "---\n", "{", "spec:\n  "]))
def test_yaml(tmp_path: Path, text: str, joint: str) -> None:
    """Broken and odd, behind the beginning of a manifest."""
    check(MARKS + f"metadata: {{name: a}}\n{joint}{text}".encode(), tmp_path)


@fuzz
@given(st.one_of(mutated(), invented()), st.sampled_from(FORMATS))
def test_objects(tmp_path: Path, value: Any, form: str) -> None:
    """Of every kind, with parts that do not belong there; in every format."""
    check(json.dumps(value).encode(), tmp_path, form)


@fuzz
@given(st.lists(st.one_of(mutated(), invented()), max_size=5))
def test_lists(tmp_path: Path, items: list[Any]) -> None:
    """Several objects in one List, which are seen together."""
    value = {"apiVersion": "v1", "kind": "List", "items": items}
    check(yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "surrogatepass"), tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        MARKS + b"a: " + b"[" * 50_000,
        MARKS + b"a: " + b"{a: " * 50_000,
        MARKS + b"- " * 50_000,
        MARKS + b"? " * 50_000,
        b'{"apiVersion":"v1","kind":"Pod","a":' + b"[" * 100_000,
        MARKS + b"a: &a [x, x]\n" + b"".join(b"b%d: &a [*a, *a]\n" % n for n in range(60)),
        MARKS + b"a: &a {b: 1}\n" + b"".join(b"b%d: &a {<<: [*a, *a]}\n" % n for n in range(60)),
        MARKS + b"metadata: {name: " + b"a" * 1_000_000 + b"}\n",
        MARKS + b"%" * 100_000,
        b"---\n" * 50_000 + MARKS,
        b"%YAML 1.1\n---\n" * 5_000 + MARKS,
        MARKS + b"\x00",
    ],
    ids=range(12),
)
@pytest.mark.timeout(20)
def test_what_has_hurt_parsers(content: bytes, tmp_path: Path) -> None:
    """Depth, aliases that multiply, and length."""
    check(content, tmp_path)

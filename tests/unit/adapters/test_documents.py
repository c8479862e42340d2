"""YAML and JSON streams: where each document begins, and what is no document."""

import pytest

from assessor.adapters.documents import documents
from assessor.kernel.errors import InputError


def lines(text: str, where: str = "a.yaml") -> list[tuple[int, int, object]]:
    """Number, line and content of each document."""
    return [(each.number, each.line, each.value) for each in documents(text, where)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# nothing\n", []),
        ("a: 1\n", [(1, 1, {"a": 1})]),
        ("---\na: 1\n---\n---\n\nb: 2\n", [(1, 2, {"a": 1}), (3, 6, {"b": 2})]),
        ('{"a": 1}\n', [(1, 1, {"a": 1})]),
        (
            '\n{"a":\n 1}\n\n{"b": 2}{"c": 3}',
            [(1, 2, {"a": 1}), (2, 5, {"b": 2}), (3, 5, {"c": 3})],
        ),
        ('{"a": "\\ud83d\\ude00"}', [(1, 1, {"a": "\N{GRINNING FACE}"})]),
        ("{a: 1, b: [x]}\n---\nc: 2", [(1, 1, {"a": 1, "b": ["x"]}), (2, 3, {"c": 2})]),
        ("a: &x {p: 1}\nb: {<<: *x, p: 2}\n", [(1, 1, {"a": {"p": 1}, "b": {"p": 2}})]),
        ("- 1\n", [(1, 1, [1])]),
    ],
)
def test_streams(text: str, expected: list[object]) -> None:
    """Documents are counted as they are separated; the empty ones are left out."""
    assert lines(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: [\n", "line 3"),
        ("a: 1\n---\nrules: []\nx: 1\nrules: []\n", "line 5: the key 'rules' is there twice"),
        ("a: {p: 1, p: 2}", "the key 'p' is there twice"),
        ("a: !!python/object:os.system {}", "could not determine a constructor"),
        ("a: *unknown", "undefined alias"),
        ("a: \x00", "a.yaml"),
        ('{"a": 1, "a": 2}', "the key 'a' is there twice"),
        ("[" * 100_000, "a.yaml"),
    ],
)
def test_what_is_no_document_is_told_with_its_line(text: str, told: str) -> None:
    """One InputError, which names the file."""
    with pytest.raises(InputError, match=told) as raised:
        lines(text)
    assert str(raised.value).startswith("a.yaml")


def test_json_files_are_told_in_the_words_of_json() -> None:
    """What is called JSON and is none does not become strange YAML."""
    with pytest.raises(InputError, match=r"a\.json, line 2"):
        lines('{"a":\n}', "a.json")

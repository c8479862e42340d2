"""Texts of reports: no command to whoever reads a job's output, and else as they are."""

import json
from xml.etree import ElementTree as ET

import pytest

from assessor.reporting.bounds import inert, inert_json, inert_xml


@pytest.mark.parametrize(
    "command",
    [
        "::error::x",
        "  \t::set-output name=a::x",
        "first\n::add-mask::x",
        "\u2003::stop-commands::token",
        "::Warning file=a,line=1::x",
    ],
)
def test_no_line_begins_a_command(command: str) -> None:
    """Whatever blanks stand before it."""
    shown = inert(command)
    assert "::" not in shown.partition("x")[0].rpartition("\n")[2].lstrip()[:3]
    assert shown.replace(": :", "::") == command


@pytest.mark.parametrize(
    "text",
    ["::/0", "::-ffff:ffff[External] => a : 1", "::ffff:0:0/96 and ::1", "::a-::b", "a ::error::"],
)
def test_addresses_stay_what_they_are(text: str) -> None:
    """Also where a line begins with one; and a command that begins no line is none."""
    assert inert(text) == text


def test_marks_are_kept_apart() -> None:
    """In JSON and XML they are still there, for programs."""
    text = "##vso[task.setvariable variable=a]b ##[error]c ###"
    assert "##" not in inert(text)
    encoded = inert_json(json.dumps({"\\##": text}))
    assert "##" not in encoded
    assert json.loads(encoded) == {"\\##": text}
    document = inert_xml(f'<a b="{text}">{text}</a>')
    assert "##" not in document
    read = ET.fromstring(document)  # noqa: S314 - our own
    assert (read.attrib["b"], read.text) == (text, text)


def test_long_lines_take_no_longer_than_they_are() -> None:
    """Blank ones, and words without end: a pattern that goes to and fro would never be done."""
    for text in ("\n" * 200_000, "::" + "g" * 200_000, "::g " + ": " * 100_000, " " * 200_000):
        assert inert(text) == text

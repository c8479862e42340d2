"""Edits of a text: by line and column, in characters, all at once."""

import pytest

from assessor.inventory.dockerfiles.places import Edit, Span, edited

TEXT = "FROM a\r\nRUN ä😀 b\nCMD c"


def test_edits_are_made_at_once() -> None:
    """Places are those of the text as it was; an empty span puts something in."""
    edits = [
        Edit(Span(3, 5, 3, 6), "d"),
        Edit(Span(2, 5, 2, 7), "x"),
        Edit(Span(2, 9, 2, 9), " more"),
        Edit(Span(1, 1, 2, 1), ""),
    ]
    assert edited(TEXT, edits) == "RUN x b more\nCMD d"


def test_the_end_of_the_text_can_be_edited() -> None:
    """Behind the last character, on a line without a break."""
    assert edited(TEXT, [Edit(Span(3, 6, 3, 6), "\n")]) == f"{TEXT}\n"


def test_edits_that_overlap_are_refused() -> None:
    """Nobody could say which of both is meant."""
    with pytest.raises(ValueError, match="overlap in line 1"):
        edited(TEXT, [Edit(Span(1, 1, 1, 4), ""), Edit(Span(1, 3, 1, 6), "")])

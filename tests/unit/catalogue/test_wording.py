"""Names in messages, however long they are."""

from hypothesis import given
from hypothesis import strategies as st

from assessor.catalogue.wording import LIST_LENGTH, clip, name_some


def test_few_names_are_all_named() -> None:
    """As one would say them."""
    assert name_some([]) == ""
    assert name_some(["a"]) == "a"
    assert name_some(["a", "b"]) == "a and b"
    assert name_some(["a", "b", "c"]) == "a, b and c"


def test_many_names_are_counted() -> None:
    """What does not fit is a number."""
    said = name_some(f"Deployment/workload-{number}" for number in range(100))
    assert said.startswith("Deployment/workload-0, Deployment/workload-1, ")
    assert said.endswith(" more")
    assert said.count("Deployment") + int(said.split()[-2]) == 100


@given(st.lists(st.text("abc", min_size=1, max_size=253), max_size=50))
def test_a_list_of_names_is_short(names: list[str]) -> None:
    """Whatever the names."""
    assert len(name_some(names)) <= LIST_LENGTH + len(" and 50 more")


def test_clip() -> None:
    """A name of usual length stays whole."""
    assert clip("api") == "api"
    assert len(clip("x" * 253)) == 60

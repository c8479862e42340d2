"""Which policies select a pod, against asking each selector."""

from hypothesis import given
from hypothesis import strategies as st

from assessor.analysis.selection import Selection
from assessor.inventory.meta import Meta
from assessor.inventory.network import LabelSelector, NetworkPolicy, Requirement

KEY = st.sampled_from(["app", "tier", "track"])
VALUE = st.sampled_from(["", "a", "b", "c"])
LABELS = st.dictionaries(KEY, VALUE)
REQUIREMENT = st.one_of(
    st.builds(
        Requirement,
        KEY,
        st.sampled_from(["In", "NotIn"]),
        st.lists(VALUE, min_size=1, max_size=2).map(tuple),
    ),
    st.builds(Requirement, KEY, st.sampled_from(["Exists", "DoesNotExist"])),
)
SELECTOR = st.builds(
    LabelSelector,
    st.dictionaries(KEY, VALUE, max_size=2).map(lambda labels: tuple(labels.items())),
    st.lists(REQUIREMENT, max_size=2).map(tuple),
)


def policy(name: str, selector: LabelSelector) -> NetworkPolicy:
    """A policy of which only the selector matters."""
    return NetworkPolicy(Meta(name, "example", name, {}), selector)


@given(st.lists(SELECTOR, max_size=6), st.lists(LABELS, max_size=6))
def test_selection_is_asking_each_selector(
    selectors: list[LabelSelector], pods: list[dict[str, str]]
) -> None:
    """The same policies in the same order, whatever was asked before."""
    policies = [policy(str(index), selector) for index, selector in enumerate(selectors)]
    selection = Selection(policies)
    for labels in (*pods, *pods):
        expected = tuple(p for p in policies if p.pod_selector.matches(labels))
        assert selection.selecting(labels) == expected


def test_what_no_selector_mentions_does_not_make_a_class() -> None:
    """5,000 pods of distinct labels under 200 policies are as many classes as the policies tell."""
    selection = Selection(
        policy(f"p{number}", LabelSelector((("app", f"app-{number}"),))) for number in range(200)
    )
    for number in range(5000):
        selection.selecting({"app": f"app-{number}", "pod-name": f"pod-{number}"})
    assert len(selection._answers) == 201

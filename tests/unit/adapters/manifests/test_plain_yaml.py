"""What plain_yaml reads, libyaml reads alike: values, places, and nothing that is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.adapters.manifests.exact_places import exact_place
from assessor.adapters.manifests.exact_yaml import Decoded, Json
from assessor.adapters.manifests.plain_lines import Unsure
from assessor.adapters.manifests.plain_places import plain_place
from assessor.adapters.manifests.plain_yaml import plain_value
from assessor.adapters.manifests.yaml_nodes import document_nodes
from assessor.catalogue.patches import Step
from tests.unit.adapters.manifests.yaml_texts import texts

MANIFEST = """\
---
apiVersion: apps/v1   # the group's first
kind: Deployment
metadata: {name: web, labels: {}}
spec:
  template:
    spec:
      containers:
      - name: web
        image: registry.example.com:5000/shop/web:1.2
        args: ["--listen=:8080", '-v', a]
        resources: {limits: {}}
"""


def exact(text: str) -> list[Json]:
    """All documents by the exact parser, without the empty ones."""
    found = [Decoded(node).value for node in document_nodes(text)]
    return [value for value in found if value is not None]


def paths(value: Json, before: tuple[Step, ...] = ()) -> list[tuple[Step, ...]]:
    """Every path into a value, and one beyond it."""
    found = [before, (*before, "missing"), (*before, 99)]
    if isinstance(value, dict):
        found += [path for key in value for path in paths(value[key], (*before, key))]
    if isinstance(value, list):
        found += [path for n, each in enumerate(value) for path in paths(each, (*before, n))]
    return found


@settings(max_examples=1500, deadline=None)
@given(texts())
def test_values_are_those_of_the_exact_parser(text: str) -> None:
    """Or it is unsure. What libyaml refuses, it does not read, either."""
    try:
        value = plain_value(text)
    except Unsure:
        return
    assert exact(text) == ([] if value is None else [value])
    assert [type(each) for each in exact(text)] == ([] if value is None else [type(value)])


@settings(max_examples=700, deadline=None)
@given(texts(), st.data())
def test_places_are_those_of_the_exact_parser(text: str, data: st.DataObject) -> None:
    """Of every field, and of its nearest parent where it is missing."""
    try:
        value = plain_value(text)
    except Unsure:
        return
    if value is None:
        return
    (root,) = document_nodes(text)
    path = data.draw(st.sampled_from(paths(value)))
    try:
        place = plain_place(text, path)
    except Unsure:
        return
    assert place == exact_place(root, path)


@pytest.mark.parametrize("change", ["", "é: a", "\ta: b", "a: yes", "a: |\n  b", "kind: Pod"])
def test_it_reads_most_manifests_and_leaves_the_rest(change: str) -> None:
    """The test above would hold, too, if it never read anything."""
    text = MANIFEST.replace(", labels: {}", "").replace("{limits: {}}", "{}") + change
    if change:
        with pytest.raises(Unsure):
            plain_value(text)
    else:
        assert [plain_value(text)] == exact(text)
        assert plain_place(text, ("spec", "template", "spec", "containers", 0, "image")).line == 10

"""Objects that are nested deeper than a decoder bears."""

import json

import pytest

from assessor.inventory.decoding import decode_event, decode_list
from assessor.inventory.decoding.depth import DEEPEST, pruned
from assessor.inventory.kinds import POLICY_ENGINE_KINDS

CILIUM = POLICY_ENGINE_KINDS[0]
META = '"metadata":{"name":"any","namespace":"a","uid":"1","resourceVersion":"7"}'
DEEP = '{"x":[' * 3000 + '"]}"' + "]}" * 3000
POLICY = f'{{"spec":{DEEP},{META}}}'


def test_a_deep_object_is_listed_beside_the_others() -> None:
    """Neither it nor the others are lost."""
    shallow = POLICY.replace(DEEP, "{}").replace("any", "other")
    page = decode_list(
        CILIUM, f'{{"metadata":{{"resourceVersion":"9"}},"items":[{POLICY},{shallow}]}}'.encode()
    )
    assert [record.meta.name for record in page.records] == ["any", "other"]
    assert page.malformed == ()


def test_a_deep_object_is_watched() -> None:
    """An event of it is one like any other."""
    event = decode_event(CILIUM, f'{{"type":"ADDED","object":{POLICY}}}'.encode())
    assert event.entry is not None
    assert event.resource_version == "7"


@pytest.mark.parametrize(
    "value", [{}, [], "}]", '\\"]{', {"a": [1, {"b": None}]}, [[[]], "é\\", {"": ["{"]}]]
)
def test_what_is_not_deep_stays_as_it_is(value: object) -> None:
    """Byte for byte, brackets within strings included."""
    body = json.dumps(value, ensure_ascii=False).encode()
    assert pruned(body) == body


def test_only_what_is_too_deep_goes() -> None:
    """Null stands for it, and what follows is still there."""
    body = "[" * (DEEPEST - 1) + '[["too deep"],{"x":{}}]' + ",1]" * (DEEPEST - 1)
    kept = "[" * (DEEPEST - 1) + "[null,null]" + ",1]" * (DEEPEST - 1)
    assert pruned(body.encode()) == kept.encode()

"""The generated CRD obeys the rules that the API server and this project set."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from assessor.api.crd import security_assessment_crd
from assessor.api.schema import structural

Node = tuple[str, dict[str, Any]]

CRD = security_assessment_crd()
VERSION = CRD["spec"]["versions"][0]
SCHEMA = VERSION["schema"]["openAPIV3Schema"]


def walk(schema: dict[str, Any], path: str = "") -> Iterator[Node]:
    """Every schema in ``schema``, itself included, with its path."""
    yield path or ".", schema
    for name, child in schema.get("properties", {}).items():
        yield from walk(child, f"{path}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from walk(schema[key], f"{path}[]")


NODES = list(walk(SCHEMA))


def of_type(name: str) -> list[Node]:
    """The schemas of one OpenAPI type."""
    found = [(path, node) for path, node in NODES if node["type"] == name]
    assert found, f"no schema of type {name}"
    return found


def test_every_schema_has_exactly_one_type() -> None:
    """A structural schema states one type for each node."""
    assert all(isinstance(node.get("type"), str) for _, node in NODES)


@pytest.mark.parametrize("word", ["$ref", "$defs", "anyOf", "allOf", "oneOf", "title", "nullable"])
def test_what_structural_schemas_forbid_is_absent(word: str) -> None:
    """References are inlined, and absence is the only null."""
    assert [path for path, node in NODES if word in node] == []


def test_every_list_is_bounded_and_typed() -> None:
    """A list has items, maxItems and a list type."""
    wanted = {"items", "maxItems", "x-kubernetes-list-type"}
    assert [path for path, node in of_type("array") if not wanted <= node.keys()] == []


def test_every_string_is_bounded() -> None:
    """A string has a maxLength, a fixed set of values, or the length of a date."""
    unbounded = [
        path
        for path, node in of_type("string")
        if "maxLength" not in node and "enum" not in node and node.get("format") != "date-time"
    ]
    assert unbounded == []


def test_every_map_is_bounded() -> None:
    """A map has maxProperties."""
    maps = [(path, node) for path, node in of_type("object") if "additionalProperties" in node]
    assert [path for path, _ in maps] == [".spec.controls.severities"]
    assert [path for path, node in maps if "maxProperties" not in node] == []


def test_every_integer_states_its_width_and_is_not_negative() -> None:
    """Clients in typed languages read the width from the format."""
    for path, node in of_type("integer"):
        assert node.get("format") in {"int32", "int64"}, path
        assert node["minimum"] == 0, path


def test_every_field_is_documented() -> None:
    """`kubectl explain` has something to say about each field."""
    undocumented = [
        path
        for path, node in NODES
        if "description" not in node and not path.endswith("[]") and path != ".metadata"
    ]
    assert undocumented == []


def test_defaults_are_only_in_the_spec() -> None:
    """A default in status would claim what nobody has judged."""
    defaults = {path: node["default"] for path, node in NODES if "default" in node}
    assert defaults == {
        ".spec": {},
        ".spec.profile": "restricted",
        ".spec.failOn": "High",
        ".spec.interval": "1h",
        ".spec.suspend": False,
        ".spec.reporting": {},
        ".spec.reporting.events": "Transitions",
        ".spec.reporting.maxFindings": 50,
    }


def test_only_conditions_are_a_map_list() -> None:
    """Controls and findings have one writer, and atomic lists are cheaper to apply."""
    kinds = {path: node["x-kubernetes-list-type"] for path, node in of_type("array")}
    assert [path for path, kind in kinds.items() if kind == "map"] == [".status.conditions"]
    conditions = SCHEMA["properties"]["status"]["properties"]["conditions"]
    assert conditions["x-kubernetes-list-map-keys"] == ["type"]
    assert set(kinds.values()) == {"map", "atomic"}


def test_status_is_a_subresource() -> None:
    """The operator writes status without touching the spec."""
    assert VERSION["subresources"] == {"status": {}}


def test_printer_columns_are_those_of_the_design() -> None:
    """What `kubectl get` prints is part of the API."""
    columns = VERSION["additionalPrinterColumns"]
    narrow = [column["name"] for column in columns if not column.get("priority")]
    wide = [column["name"] for column in columns if column.get("priority")]
    assert narrow == ["Score", "Compliant", "Fail", "Waived", "Unknown", "Coverage", "Age"]
    assert wide == ["Critical", "High", "Profile", "Last Assessed", "Message"]


def test_plain_column_paths_exist_in_the_schema() -> None:
    """A column that reads a field that is not there would be empty for ever."""
    paths = {path for path, _ in NODES}
    plain = [column["jsonPath"] for column in VERSION["additionalPrinterColumns"]]
    checked = [path for path in plain if "[" not in path and not path.startswith(".metadata")]
    assert checked
    assert [path for path in checked if path not in paths] == []


def test_names_and_label() -> None:
    """The names are public, and the operator finds its CRDs by the label."""
    assert CRD["metadata"]["name"] == "securityassessments.kube-assessor.dev"
    assert CRD["metadata"]["labels"]["app.kubernetes.io/part-of"] == "kube-assessor"
    assert CRD["spec"]["scope"] == "Namespaced"
    assert CRD["spec"]["names"]["shortNames"] == ["secas"]
    assert CRD["spec"]["names"]["categories"] == ["assessor"]
    assert CRD["spec"]["names"]["singular"] == "securityassessment"


def test_a_choice_of_types_is_refused() -> None:
    """What CRDs cannot express fails in generation, not in the API server."""

    class Ambiguous(BaseModel):
        value: int | str

    with pytest.raises(ValueError, match="not structural"):
        structural(Ambiguous)

"""pydantic's JSON schema turned into a structural OpenAPI v3 schema, as CRDs demand.

Rules: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

_DROPPED = {
    "$defs",
    "title",  # repeats the field's name
    "propertyNames",  # not in OpenAPI v3.0; a CEL rule on the map says the same
}
_ORDER = ("description", "type", "format", "default", "enum", "x-kubernetes-list-type")


def structural(model: type[BaseModel]) -> Schema:
    """The schema of ``model``: no references, no titles, null only by absence."""
    schema = model.model_json_schema(by_alias=True, mode="validation")
    return _convert(schema, schema.get("$defs", {}))


def _convert(schema: Mapping[str, Any], definitions: Mapping[str, Schema]) -> Schema:
    whole = _resolve(schema, definitions)
    converted = {
        key: _convert_value(key, value, definitions)
        for key, value in whole.items()
        if not _is_dropped(key, value)
    }
    return {key: converted[key] for key in sorted(converted, key=_rank)}


def _resolve(schema: Mapping[str, Any], definitions: Mapping[str, Schema]) -> Schema:
    """Put references and optional types in place; what stands beside them wins."""
    whole = dict(schema)
    while "$ref" in whole or "anyOf" in whole:
        if "$ref" in whole:
            target = definitions[whole.pop("$ref").removeprefix("#/$defs/")]
        else:
            target = _only(whole.pop("anyOf"))
        whole = {**target, **whole}
    return whole


def _only(alternatives: list[Schema]) -> Schema:
    """The alternative to null; ValueError where there are several, which CRDs cannot express."""
    others = [schema for schema in alternatives if schema.get("type") != "null"]
    if len(others) != 1:
        raise ValueError(f"not structural: a choice between {alternatives}")
    return others[0]


def _convert_value(key: str, value: Any, definitions: Mapping[str, Schema]) -> Any:
    if key == "properties":
        return {name: _convert(schema, definitions) for name, schema in value.items()}
    if key in {"items", "additionalProperties"}:
        return _convert(value, definitions)
    return value


def _is_dropped(key: str, value: Any) -> bool:
    """Null defaults mean absence, and ``additionalProperties: false`` is what pruning does."""
    return (
        key in _DROPPED
        or (key == "default" and value is None)
        or (key == "additionalProperties" and value is False)
    )


def _rank(key: str) -> tuple[int, str]:
    """What a reader looks for first, then the rest by name; nested schemas come last."""
    if key in {"items", "properties", "additionalProperties"}:
        return len(_ORDER) + 1, key
    return (_ORDER.index(key) if key in _ORDER else len(_ORDER)), key

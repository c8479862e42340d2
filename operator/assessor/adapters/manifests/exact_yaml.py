"""The JSON value of a YAML document, decoded as the API server decodes it.

Of equal keys the last counts, a merge counts from where it stands, aliases may not multiply a
document, and a key becomes text. Source: decode.go of go.yaml.in/yaml/v2 and yaml.go of
sigs.k8s.io/yaml.
"""

from typing import Any, cast

from msgspec import Struct

from assessor.adapters.manifests import go_scalars
from assessor.adapters.manifests.places import Place, UnreadableError
from assessor.adapters.manifests.yaml_nodes import Alias, Mapping, Node, Scalar, Sequence

Json = Any

_FEW_ALIASED, _FEW_DECODED = 100, 1000
_LOW, _HIGH = 400_000, 4_000_000
"""Numbers of decoded nodes between which ever less of them may come from aliases."""


class Decoded:
    """A document's value, and its repeated keys: of each but the last, nothing is left."""

    def __init__(self, root: Node) -> None:
        """Decode; UnreadableError."""
        self.repeated: list[tuple[str, Place]] = []
        self._decoded = 0
        self._aliased = 0
        self._aliases: list[Node] = []
        self._doubtful = False
        self.value: Json = self._value(root)
        if self._doubtful:
            _refuse_unencodable(self.value)

    def _value(self, node: Node) -> Json:
        self._count(node)
        match node:
            case Scalar():
                return self._encodable(node, go_scalars.jsonable)
            case Sequence():
                return [self._value(each) for each in node.children]
            case Mapping():
                return self._fill(node, {})
        return self._aliased_value(node)

    def _count(self, node: Node) -> None:
        self._decoded += 1
        self._aliased += bool(self._aliases)
        if (
            self._aliased > _FEW_ALIASED
            and self._decoded > _FEW_DECODED
            and self._aliased / self._decoded > _allowed(self._decoded)
        ):
            raise UnreadableError("aliases multiply the document too often", node.place)

    def _scalar(self, node: Scalar) -> go_scalars.Scalar:
        if node.tag:
            return cast("go_scalars.Scalar", _at(node, go_scalars.tagged, node.tag, node.text))
        return go_scalars.plain(node.text) if node.plain else node.text

    def _encodable(self, node: Scalar, encode: Any) -> Any:
        """A scalar as JSON has it; what JSON cannot hold counts only if nothing takes its place."""
        value = self._scalar(node)
        try:
            return encode(value)
        except ValueError as error:
            self._doubtful = True
            return _Unencodable(str(error), node.place)

    def _aliased_value(self, alias: Alias) -> Json:
        self._enter(alias)
        value = self._value(alias.target)
        self._aliases.pop()
        return value

    def _enter(self, alias: Alias) -> None:
        if any(each is alias.target for each in self._aliases):
            raise UnreadableError("an anchor's value contains itself", alias.place)
        self._aliases.append(alias.target)

    def _fill(self, node: Mapping, made: dict[str, Json]) -> dict[str, Json]:
        """Set the mapping's keys in ``made``, from the first to the last."""
        own: set[Any] = set()
        for name, child in node.pairs:
            if _is_merge(name):
                self._merge(child, made)
                continue
            key = self._key(name)
            if key in own:
                self.repeated.append((str(key), name.place))
            own.add(key)
            made[key] = self._value(child)
        return made

    def _key(self, node: Node) -> Any:
        self._count(node)
        target = node.target if isinstance(node, Alias) else node
        if not isinstance(target, Scalar):
            raise UnreadableError("a key is a list or a mapping", node.place)
        return self._encodable(target, go_scalars.key)

    def _merge(self, node: Node, made: dict[str, Json]) -> None:
        several = node.children[::-1] if isinstance(node, Sequence) else [node]
        for each in several:
            self._merge_one(each, made)

    def _merge_one(self, node: Node, made: dict[str, Json]) -> None:
        self._count(node)
        target = node.target if isinstance(node, Alias) else node
        if not isinstance(target, Mapping):
            raise UnreadableError("a merge names something other than mappings", node.place)
        if isinstance(node, Alias):
            self._enter(node)
            self._fill(target, made)
            self._aliases.pop()
        else:
            self._fill(target, made)


class _Unencodable(Struct, frozen=True):
    """Stands where JSON cannot hold what there is."""

    reason: str
    place: Place


def _refuse_unencodable(value: Json) -> None:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, _Unencodable):
            raise UnreadableError(each.reason, each.place)
        if isinstance(each, dict):
            waiting += (*each, *each.values())
        elif isinstance(each, list):
            waiting += each


def _allowed(decoded: int) -> float:
    """How much of a document may come from aliases, as a ratio."""
    position = min(max(decoded - _LOW, 0), _HIGH - _LOW) / (_HIGH - _LOW)
    return 0.99 - 0.89 * position


def _is_merge(node: Node) -> bool:
    return (
        isinstance(node, Scalar)
        and node.text == "<<"
        and (node.plain or node.tag == go_scalars.MERGE)
    )


def _at(node: Scalar, read: Any, *arguments: Any) -> Any:
    try:
        return read(*arguments)
    except ValueError as error:
        raise UnreadableError(str(error), node.place) from error

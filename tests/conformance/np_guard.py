"""np-guard's cases, read where they lie, and what our list of connections says of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from assessor.adapters.netpol_files import read_state
from assessor.analysis.netpol.connections import Families, Scope, connections
from assessor.analysis.netpol.evaluator import PodAddresses
from assessor.kernel.errors import InputError
from assessor.reporting.netpol import connections_text

TABLE = Path(__file__).with_suffix(".yaml")
THEIR_WORLD = Scope(families=Families.IPV4)


class Claim(Struct, frozen=True):
    """What the table says of a case; nothing: that all lines are equal."""

    mended: tuple[str, ...] = ()
    section: str = ""
    unknown: str = ""
    differs: str = ""
    reason: str = ""


def claims() -> dict[str, Claim]:
    """The table."""
    listed = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {
        name: Claim(**(entry | {"mended": tuple(entry.get("mended", ()))}))
        for name, entry in listed.items()
    }


def case_names(corpora: Path) -> list[str]:
    """All of them."""
    return sorted(each.name for each in (corpora / "np-guard" / "tests").iterdir())


def expected(corpora: Path, name: str) -> list[str]:
    """Their lines."""
    path = corpora / "np-guard" / "expected" / f"{name}.connlist.txt"
    return path.read_text(encoding="utf-8").splitlines()


def section(lines: list[str], name: str) -> list[str]:
    """Of lists of several networks, the lines of one."""
    begin = lines.index(f"Permitted connectivity analyzed in {name}:") + 1
    end = lines.index("", begin)
    return [line for line in lines[begin:end] if " => " in line]


def ours(folder: Path) -> list[str] | None:
    """Our lines with their assumptions; None where a file is none of Kubernetes' objects."""
    try:
        state = read_state([str(folder)], namespace="default")
    except InputError:
        return None
    found = connections(state.evaluator(PodAddresses.NEVER), THEIR_WORLD)
    return list(connections_text(found))


def mended(folder: Path, what: tuple[str, ...], into: Path) -> Path:
    """A copy of the case's files, with changes to its pods."""
    for path in sorted(folder.iterdir()):
        made = [
            _mended(each, what)
            for each in yaml.safe_load_all(path.read_text(encoding="utf-8"))
            if each
        ]
        copy = into / f"{path.name}.json"
        copy.write_text("\n".join(map(json.dumps, made)), encoding="utf-8")
    return into


def _mended(value: Any, what: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_mended(each, what) for each in value]
    if not isinstance(value, dict):
        return value if isinstance(value, str | int | float | None) else str(value)
    return {key: _mended(part, what) for key, part in _kept(value, what)}


def _kept(value: dict[str, Any], what: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key, part in value.items():
        if key == "hostNetwork" and key in what:
            continue
        if key == "ownerReferences" and "owners" in what:
            yield key, [_owner(each) for each in part]
        else:
            yield key, part


def _owner(given: dict[str, Any]) -> dict[str, Any]:
    """As a ReplicaSet's, which its pods are then shown as."""
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "uid": given["name"]} | given

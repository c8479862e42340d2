"""Which parts of a stored status are ours, and what somebody else has put there.

Server-side apply replaces the fields that it holds and removes those that it held before. What
another manager wrote beside them stays, so a field that a status leaves out can be planted there.
Conditions are a map with one entry a type, which by convention several owners share: entries of
other types than ours are theirs.
"""

from collections.abc import Mapping
from typing import Any

CONDITIONS = "conditions"
OWN_CONDITIONS = frozenset({"Ready", "Compliant", "EvidenceComplete"})

Status = Mapping[str, Any]


def owned(status: Status) -> dict[str, Any]:
    """The status without other owners' conditions; what is no condition is nobody's else."""
    if not isinstance(status.get(CONDITIONS), list):
        return dict(status)
    return {**status, CONDITIONS: [each for each in status[CONDITIONS] if not _is_foreign(each)]}


def mending(stored: Status, sound: Status) -> dict[str, Any]:
    """The merge patch that leaves of ``stored`` what is ``sound``, and what others own."""
    kept = dict(sound)
    if isinstance(stored.get(CONDITIONS), list):
        foreign = [each for each in stored[CONDITIONS] if _is_foreign(each)]
        kept[CONDITIONS] = [*sound.get(CONDITIONS, ()), *foreign]
    changed = {field for field, value in stored.items() if kept.get(field) != value}
    return {field: kept.get(field) for field in sorted(changed)}


def removal(stored: Status, sent: Status) -> dict[str, Any]:
    """The merge patch (RFC 7386) that takes out of ``stored`` what is ours and was not sent."""
    patch = _surplus(stored, sent)
    patch.pop(CONDITIONS, None)
    ours = {each["type"] for each in sent.get(CONDITIONS, ())}
    listed = stored.get(CONDITIONS, ())
    kept = [each for each in listed if not _is_ours(each) or each["type"] in ours]
    return patch | {CONDITIONS: kept} if len(kept) < len(listed) else patch


def _surplus(stored: Status, sent: Status) -> dict[str, Any]:
    """Lists are atomic and so were replaced; only objects can have more than was sent."""
    patch: dict[str, Any] = {}
    for field, value in stored.items():
        if field not in sent:
            patch[field] = None
        elif isinstance(value, Mapping) and (inner := _surplus(value, sent[field])):
            patch[field] = inner
    return patch


def _is_foreign(condition: Any) -> bool:
    """Whether it is somebody else's: it has a type, and not one of ours."""
    return (
        isinstance(condition, Mapping)
        and isinstance(condition.get("type"), str)
        and not _is_ours(condition)
    )


def _is_ours(condition: Status) -> bool:
    return condition.get("type") in OWN_CONDITIONS

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
    """The status without other owners' conditions."""
    if CONDITIONS not in status:
        return dict(status)
    return {**status, CONDITIONS: [each for each in status[CONDITIONS] if _is_ours(each)]}


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


def _is_ours(condition: Status) -> bool:
    return condition.get("type") in OWN_CONDITIONS

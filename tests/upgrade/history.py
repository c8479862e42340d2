"""What a status remembers, and what of it must outlive an upgrade."""

from tests.integration.kube import Json


def forgotten(before: Json, after: Json) -> list[str]:
    """Where a verdict is the same as before, and not since the same time."""
    return [*_conditions(before, after), *_controls(before, after)]


def _conditions(before: Json, after: Json) -> list[str]:
    known = {each["type"]: each for each in after["conditions"]}
    return [
        f"{each['type']}: {each['lastTransitionTime']} → {now['lastTransitionTime']}"
        for each in before["conditions"]
        if (now := known[each["type"]])["status"] == each["status"]
        and now["lastTransitionTime"] != each["lastTransitionTime"]
    ]


def _controls(before: Json, after: Json) -> list[str]:
    known = {each["id"]: each for each in after["controls"]}
    return [
        f"{each['id']}: {each['since']} → {now.get('since')}"
        for each in before["controls"]
        if (now := known.get(each["id"])) is not None
        and now["result"] == each["result"]
        and "severity" in now
        and "since" in each
        and now.get("since") != each["since"]
    ]

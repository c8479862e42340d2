"""The registry compared with a full list: every few minutes, and after each restart of kopf.

kopf's relist after an expired watch tells of no deletion; a list does. What the list holds and the
registry does not know is observed like an event; what it does not hold was deleted.
"""

from collections.abc import Callable

import msgspec

from assessor.adapters.assessment_lister import ListedAssessment, Lister, list_assessments
from assessor.controller.assessments import AssessmentKey, Observation, Registry


async def relist(
    client: Lister,
    registry: Registry,
    *,
    on_seen: Callable[[Observation], None],
    on_deleted: Callable[[AssessmentKey, str], None],
) -> int:
    """Compare once, and return how many assessments there are; raises ClusterError.

    Only what was known before the list began can be missing from it: one that is created
    meanwhile is not taken for deleted.
    """
    before = {key: (known.uid, known.version) for key in registry if (known := registry.get(key))}
    count = 0
    async for item in list_assessments(client):
        count += 1
        key = AssessmentKey(item.metadata.namespace, item.metadata.name)
        version = int(item.metadata.resource_version)
        uid, expected = before.pop(key, ("", 0))
        if version < expected:
            # A list is never older than what was seen before it began, unless the storage is.
            registry.restored(key, version)
        known = registry.get(key)
        if known is None and uid == item.metadata.uid:
            # Deleted since the list began.
            continue
        if known is None or known.version < version:
            on_seen(_observation(key, item))
    for key, (uid, _) in before.items():
        on_deleted(key, uid)
    return count


def _observation(key: AssessmentKey, item: ListedAssessment) -> Observation:
    return Observation(
        key,
        item.metadata.uid,
        item.metadata.generation,
        int(item.metadata.resource_version),
        msgspec.json.decode(item.spec, type=dict),
        msgspec.json.decode(item.status, type=dict),
    )

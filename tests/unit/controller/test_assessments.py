"""The registry takes events in any order and never forgets what is still there."""

from typing import Any

from assessor.controller.assessments import (
    MOST_JUDGED,
    AssessmentKey,
    Observation,
    Registry,
    StoredStatus,
    jitter,
)
from assessor.kernel.errors import InputError

KEY = AssessmentKey("payments", "baseline")


def seen(
    version: int,
    *,
    uid: str = "u1",
    generation: int = 1,
    spec: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
) -> Observation:
    """Build an event's content."""
    return Observation(KEY, uid, generation, version, spec or {}, status or {})


def send(registry: Registry, status: dict[str, Any]) -> None:
    """Begin to write a status that follows what is known."""
    known = registry.get(KEY)
    latest = known.latest if known else StoredStatus.of_ours({})
    registry.sending(KEY, "u1", status, latest)


def wrote(registry: Registry, status: dict[str, Any], version: int) -> bool:
    """Send a status, and have it answered."""
    send(registry, status)
    return registry.wrote(KEY, "u1", version)


def test_first_sight_is_work() -> None:
    """A new assessment must be judged."""
    registry = Registry()
    assert registry.observe(seen(5))
    assert registry.judged_in("payments") == [KEY]
    assert registry.namespaces() == {"payments"}


def test_echo_of_our_write_is_no_work() -> None:
    """The status that we wrote comes back as an event and sets nothing off."""
    registry = Registry()
    registry.observe(seen(5))
    wrote(registry, {"score": 87}, 6)
    assert not registry.observe(seen(6, status={"score": 87}))


def test_an_event_of_our_write_before_its_answer_is_no_work() -> None:
    """As it often comes: what was just judged is not judged again."""
    registry = Registry()
    registry.observe(seen(5))
    send(registry, {"score": 87})
    assert not registry.observe(seen(6, status={"score": 87, "lastAssessedTime": "later"}))
    assert registry.wrote(KEY, "u1", 6)
    known = registry.get(KEY)
    assert known
    assert not known.forged
    assert known.version == 6


def test_another_status_or_spec_while_ours_is_on_its_way_is_work() -> None:
    """Whoever wrote it, and whatever comes of ours."""
    registry = Registry()
    registry.observe(seen(5))
    send(registry, {"score": 87})
    assert registry.observe(seen(6, status={"score": 100}))
    send(registry, {"score": 87})
    assert registry.observe(seen(7, generation=2, status={"score": 87}))


def test_foreign_status_is_work_and_is_remembered() -> None:
    """Another manager's status is noticed, so that it can be put right."""
    registry = Registry()
    registry.observe(seen(5))
    wrote(registry, {"score": 87}, 6)
    assert registry.observe(seen(7, status={"score": 100}))
    known = registry.get(KEY)
    assert known
    assert known.stored.unpack() == {"score": 100}


def test_an_answer_that_comes_late_overrules_no_event() -> None:
    """What was stored after our write, and is known already, stays known."""
    registry = Registry()
    registry.observe(seen(5))
    registry.observe(seen(7, status={"score": 100}))
    assert wrote(registry, {"score": 87}, 6)
    known = registry.get(KEY)
    assert known
    assert known.version == 7
    assert known.stored.unpack() == {"score": 100}


def test_an_answer_for_what_is_gone_is_told() -> None:
    """Deleted, or made anew under the name."""
    registry = Registry()
    assert not wrote(registry, {}, 6)
    registry.observe(seen(5, uid="u2"))
    assert not wrote(registry, {}, 6)


def test_stale_event_changes_nothing() -> None:
    """An event older than our own write must not bring an old status or spec back."""
    registry = Registry()
    registry.observe(seen(5))
    wrote(registry, {"score": 87}, 9)
    assert not registry.observe(seen(7, generation=1, status={"score": 1}))


def test_what_somebody_else_wrote_counts_as_no_history_of_ours() -> None:
    """What is stored after we began to write is not what our next status follows from."""
    registry = Registry()
    registry.observe(seen(5, status={"score": 87}))
    known = registry.get(KEY)
    assert known
    send(registry, {"score": 50})
    assert not known.forged
    assert registry.observe(seen(6, status={"score": 100}))
    assert known.before == {"score": 87}
    assert known.forged


def test_what_cannot_be_read_is_mended_however_often_that_fails() -> None:
    """An attempt to write, by itself, makes nothing of it ours."""
    registry = Registry()
    registry.observe(seen(5, status={"score": 87, "conditions": "none"}))
    known = registry.get(KEY)
    assert known
    assert known.forged
    send(registry, {"score": 50})
    assert known.forged
    assert known.before == {"score": 87}


def test_changed_spec_is_parsed_anew() -> None:
    """A new generation brings a new spec."""
    registry = Registry()
    registry.observe(seen(5))
    assert registry.observe(seen(6, generation=2, spec={"failOn": "Low"}))
    known = registry.get(KEY)
    assert known
    assert not isinstance(known.spec, InputError)
    assert known.spec.fail_on == "Low"


def test_unusable_spec_is_kept_as_an_error() -> None:
    """A spec that an older CRD let through is told in status, not raised."""
    registry = Registry()
    registry.observe(seen(5, spec={"interval": "yesterday"}))
    known = registry.get(KEY)
    assert known
    assert isinstance(known.spec, InputError)


def test_recreated_assessment_starts_afresh() -> None:
    """The same name with another UID is another assessment."""
    registry = Registry()
    registry.observe(seen(5))
    assert registry.observe(seen(9, uid="u2"))
    assert not registry.forget(KEY, "u1")
    assert registry.forget(KEY, "u2")
    assert len(registry) == 0
    assert registry.namespaces() == frozenset()


def test_a_late_event_of_the_one_before_changes_nothing() -> None:
    """Whatever the order in which two incarnations of a name are told of."""
    registry = Registry()
    registry.observe(seen(110, uid="new"))
    assert not registry.observe(seen(100, uid="old"))
    known = registry.get(KEY)
    assert known is not None
    assert known.uid == "new"


def test_jitter_is_stable_and_spread() -> None:
    """An assessment keeps its fraction; different ones differ."""
    fractions = {jitter(f"uid-{number}") for number in range(100)}
    assert len(fractions) == 100
    assert all(0 <= fraction < 1 for fraction in fractions)
    assert jitter("a") == jitter("a")


def aged(name: str, created: str) -> Observation:
    """An assessment of the one namespace."""
    return Observation(AssessmentKey("payments", name), name, 1, 1, {}, {}, created)


def test_the_oldest_of_a_namespace_are_judged() -> None:
    """Whatever they are called, and in whichever order they are seen; where one goes, the next."""
    registry = Registry()
    for number in reversed(range(MOST_JUDGED + 5)):
        registry.observe(aged(f"z{99 - number}", f"2026-01-01T00:00:{number:02}Z"))
    oldest, last, first_out = (
        AssessmentKey("payments", f"z{99 - number}") for number in (0, MOST_JUDGED - 1, MOST_JUDGED)
    )
    assert registry.judged_in("payments")[0] == oldest
    assert registry.at_the_limit("payments") == [last, first_out]
    registry.observe(aged("a", "2026-01-02T00:00:00Z"))
    assert not registry.is_judged(AssessmentKey("payments", "a"))
    assert registry.is_judged(last)
    assert not registry.is_judged(first_out)
    assert registry.forget(oldest)
    assert registry.is_judged(first_out)
    assert registry.at_the_limit("elsewhere") == []


def test_a_recreated_assessment_is_as_young_as_it_is() -> None:
    """Its old place is gone with the old one."""
    registry = Registry()
    registry.observe(aged("a", "2026-01-01T00:00:00Z"))
    again = Observation(AssessmentKey("payments", "a"), "u2", 1, 2, {}, {}, "2026-02-01T00:00:00Z")
    assert registry.observe(again)
    registry.observe(aged("b", "2026-01-15T00:00:00Z"))
    assert [key.name for key in registry.judged_in("payments")] == ["b", "a"]

"""The informer's store against a model: whatever is listed and streamed, both are the same."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from assessor.adapters.store import Entry, Store
from assessor.inventory.decoding import EventType, MalformedRecord, WatchEvent
from assessor.inventory.meta import Meta
from assessor.inventory.workloads import ServiceAccount


class Key(NamedTuple):
    """Where an object lives."""

    namespace: str
    name: str


keys = st.builds(Key, st.sampled_from("ab"), st.sampled_from("xyz"))


def entries(key: Key, uid: str, automount: bool | None) -> Entry:  # noqa: FBT001 - a field
    """A record, or with a UID of "broken" an object without the kind's shape."""
    if uid == "broken":
        return MalformedRecord(key.namespace, key.name, "1", "no such shape")
    return ServiceAccount(Meta(key.name, key.namespace, uid, {}), automount)


made = st.builds(
    entries, keys, st.sampled_from(["1", "2", "broken"]), st.sampled_from([None, True, False])
)
events = st.tuples(
    st.sampled_from([EventType.ADDED, EventType.MODIFIED, EventType.DELETED, EventType.BOOKMARK]),
    made,
)
steps = st.lists(st.one_of(events, st.lists(made)), max_size=30)


def key_of(entry: Entry) -> Key:
    """Where an entry lives."""
    source = entry if isinstance(entry, MalformedRecord) else entry.meta
    return Key(source.namespace, source.name)


def uid_of(entry: Entry) -> str:
    """Its UID."""
    return entry.uid if isinstance(entry, MalformedRecord) else entry.meta.uid


def advance(model: dict[Key, Entry], step: object) -> dict[Key, Entry]:
    """What the server holds after one step."""
    if isinstance(step, list):
        return {key_of(entry): entry for entry in step}
    kind, entry = step  # type: ignore[misc]
    key, after = key_of(entry), dict(model)
    if kind in (EventType.ADDED, EventType.MODIFIED):
        after[key] = entry
    elif kind is EventType.DELETED and key in after and uid_of(after[key]) == uid_of(entry):
        del after[key]
    return after


@given(steps)
def test_it_equals_what_was_told(history: list[object]) -> None:
    """After each step: the same objects, and the changes are exactly where they differ."""
    store, model = Store(), {}
    for step in history:
        before, model = model, advance(model, step)
        if isinstance(step, list):
            changes = store.replace(step)
        else:
            kind, entry = step  # type: ignore[misc]
            told = None if kind is EventType.BOOKMARK else entry
            changes = store.apply(WatchEvent(kind, told, "1"))
        assert {key_of(entry): entry for entry in store} == model
        differing = {key for key in before | model if before.get(key) != model.get(key)}
        assert differing <= {Key(change.namespace, change.name) for change in changes}
        if not isinstance(step, list):
            assert differing == {Key(change.namespace, change.name) for change in changes}
    check_indexes(store, model)


def check_indexes(store: Store, model: dict[Key, Entry]) -> None:
    """Each way to ask the store gives the model's answer."""
    assert len(store) == len(model)
    for namespace in "ab":
        here = {key.name: entry for key, entry in model.items() if key.namespace == namespace}
        broken = {name for name, entry in here.items() if isinstance(entry, MalformedRecord)}
        assert set(store.names(namespace)) == here.keys()
        assert {record.name for record in store.malformed(namespace)} == broken
        assert [r.meta.name for r in store.records(namespace)] == sorted(here.keys() - broken)


def test_a_late_delete_of_a_former_object_is_ignored() -> None:
    """An object of the same name that was made since is another one."""
    store, key = Store(), Key("a", "x")
    store.apply(WatchEvent(EventType.ADDED, entries(key, "2", None), "2"))
    assert store.apply(WatchEvent(EventType.DELETED, entries(key, "1", None), "1")) == ()
    assert store.names("a") == ("x",)


def test_a_recreated_object_is_two_changes() -> None:
    """The old one went, the new one came."""
    store, key = Store(), Key("a", "x")
    store.apply(WatchEvent(EventType.ADDED, entries(key, "1", None), "1"))
    changes = store.apply(WatchEvent(EventType.MODIFIED, entries(key, "2", None), "2"))
    assert [(c.before is None, c.after is None) for c in changes] == [(False, True), (True, False)]


def test_one_without_a_namespace_counts_everywhere() -> None:
    """Nobody knows whose evidence is incomplete, so everybody's is, and an event cannot mend it."""
    store = Store()
    store.replace([MalformedRecord("", "lost", "", "no namespace")])
    assert [record.name for record in store.malformed("a")] == ["lost"]
    assert store.has_unidentified
    store.replace(())
    assert not store.has_unidentified

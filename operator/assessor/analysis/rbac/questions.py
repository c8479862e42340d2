"""Answers to people's questions: who can, what may one do, can one do this; and how sure that is.

A yes is proven by the binding that grants it. A no is proven only where everything could be read,
and is otherwise undecided.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from assessor.analysis.rbac.asking import Asked, within
from assessor.analysis.rbac.authorizer import Grant, decide, rules_in
from assessor.analysis.rbac.directory import CLUSTER, Directory, Key, key_of
from assessor.analysis.rbac.effect import effective_rule
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.requests import MASTERS, Identity, Request
from assessor.inventory.rbac import RoleBinding, Subject


class Knowledge(Struct, frozen=True):
    """Roles and bindings, and what is known to be missing from them.

    ``unreadable`` says for people which kinds could not be read, and why. ``partial``: what was
    read are files, so that a role that is not among them may exist where they are applied, or be
    aggregated to one that is.
    """

    directory: Directory
    unreadable: tuple[str, ...] = ()
    partial: bool = False


class Answer(Struct, frozen=True):
    """Whether a request is allowed, and by what.

    ``undecided`` says what was missing to make a no sure; it is empty with every yes. ``master``:
    the API server lets the identity do everything, whatever the grants.
    """

    allowed: bool
    grants: tuple[Grant, ...] = ()
    undecided: tuple[str, ...] = ()
    master: bool = False


class Holder(Struct, frozen=True):
    """A subject as a binding spells it, with every grant that names it."""

    subject: Subject
    grants: tuple[Grant, ...]


class Holders(Struct, frozen=True):
    """All subjects that bindings let do something; ``undecided``: why there may be more."""

    holders: tuple[Holder, ...]
    undecided: tuple[str, ...] = ()


class Rights(Struct, frozen=True):
    """All rules that an identity holds; ``undecided``: why there may be more."""

    grants: tuple[Grant, ...]
    undecided: tuple[str, ...] = ()
    master: bool = False


def can_i(known: Knowledge, identity: Identity, request: Request) -> Answer:
    """Whether an identity may do something; its groups are exactly those that it has."""
    decision = decide(known.directory, identity, request)
    if decision.allowed:
        return Answer(True, decision.grants, master=MASTERS in identity.groups)
    places = [CLUSTER, request.namespace] if request.namespace and not request.path else [CLUSTER]
    return Answer(False, undecided=_doubts(known, _bindings_of(known, identity, places)))


def who_can(known: Knowledge, asked: Asked) -> Holders:
    """The subjects of all bindings that allow a request, each once, whatever its spellings.

    Whoever is in a named group can too, and so can ``system:masters``, which no binding shows.
    """
    reaching = list(_reaching(known.directory, asked))
    found: dict[Key, list[Grant]] = {}
    spelt: dict[Key, Subject] = {}
    for binding, request in reaching:
        allowing = [
            each for each in _grants(known.directory, binding) if allows(each.rule, request)
        ]
        for key, subject in _named(binding):
            spelt[key] = min(spelt.get(key, subject), subject, key=_spelling)
            found.setdefault(key, []).extend(allowing)
    holders = (Holder(spelt[key], tuple(grants)) for key, grants in found.items() if grants)
    return Holders(
        tuple(sorted(holders, key=lambda holder: str(holder.subject))),
        _doubts(known, (binding for binding, _ in reaching)),
    )


def rights(known: Knowledge, identity: Identity, namespace: str | None) -> Rights:
    """Every rule that an identity holds, in ``namespace`` and by the cluster, or anywhere.

    Without what a RoleBinding cannot grant: URLs and resources that have no namespace.
    """
    directory = known.directory
    spaces = {each.meta.namespace for each in directory.bindings} - {CLUSTER}
    places = [CLUSTER, *sorted(spaces if namespace is None else {namespace})]
    held = (grant for place in places for grant in rules_in(directory, identity, place))
    return Rights(
        tuple(grant for each in held if (grant := _effective(each))),
        _doubts(known, _bindings_of(known, identity, places)),
        MASTERS in identity.groups,
    )


def naming(binding: RoleBinding, identity: Identity) -> tuple[Subject, ...]:
    """Those subjects of a binding that an identity is, or is a member of."""
    keys = {("user", identity.user), *(("group", group) for group in identity.groups)}
    return tuple(subject for key, subject in _named(binding) if key in keys)


def _reaching(directory: Directory, asked: Asked) -> Iterator[tuple[RoleBinding, Request]]:
    """The bindings that count for a question, each with the request as it is made there."""
    request = asked.request
    for binding in directory.bindings:
        namespace = binding.meta.namespace
        if not namespace or (namespace == request.namespace and not request.path):
            yield binding, request
        elif asked.anywhere:
            yield binding, within(request, namespace)


def _grants(directory: Directory, binding: RoleBinding) -> Iterator[Grant]:
    role = directory.role_of(binding)
    if role:
        yield from (Grant(binding, role, rule) for rule in role.rules)


def _named(binding: RoleBinding) -> Iterator[tuple[Key, Subject]]:
    """The subjects of a binding that the authorizer knows, each once."""
    subjects: dict[Key, Subject] = {}
    for subject in binding.subjects:
        if key := key_of(subject):
            subjects[key] = min(subjects.get(key, subject), subject, key=_spelling)
    yield from subjects.items()


def _spelling(subject: Subject) -> bool:
    """A service account is better called one than by its user's name."""
    return subject.kind != "ServiceAccount"


def _bindings_of(
    known: Knowledge, identity: Identity, places: Iterable[str]
) -> Iterator[RoleBinding]:
    for place in places:
        yield from known.directory.bindings_of(identity, place)


def _doubts(known: Knowledge, bindings: Iterable[RoleBinding]) -> tuple[str, ...]:
    """What might grant more, if one could see it."""
    if not known.partial:
        return known.unreadable
    doubts = (_doubt(known, each) for each in bindings if each.subjects)
    return (*known.unreadable, *dict.fromkeys(filter(None, doubts)))


def _doubt(known: Knowledge, binding: RoleBinding) -> str:
    """What a binding in files may grant beyond what they say; empty: nothing."""
    role = known.directory.role_of(binding)
    if role is None:
        name = f"{binding.role.kind} {binding.role.name}"
        return f"{binding.ref} grants {name}, which is not in the files"
    if role.aggregation:
        return f"{binding.ref} grants {role.ref}, to which roles that are not in the files may add"
    return ""


def _effective(grant: Grant) -> Grant | None:
    """A grant without what its binding cannot grant; None where nothing is left."""
    rule = effective_rule(grant.rule, grant.binding.meta.namespace)
    return Grant(grant.binding, grant.role, rule) if rule else None

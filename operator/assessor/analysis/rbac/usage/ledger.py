"""The ledger: which rule of which binding was used by whom, and for what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from assessor.analysis.rbac.authorizer import Grant, decide
from assessor.analysis.rbac.directory import Directory, Key, key_of
from assessor.analysis.rbac.requests import Identity, Request
from assessor.analysis.rbac.uses import Use
from assessor.inventory.rbac import PolicyRule, RoleBinding, Subject

REMEMBERED = 50_000
"""Distinct requests whose credit need not be looked up again."""

KINDS = 20_000
"""Distinct resources that are noted as logged: requests may name any. More make nothing proven."""

PATHS = 200
"""Distinct URLs that are kept of one rule; beyond, only that there were more."""

READS = frozenset({"get", "list", "watch"})


class Shape(Struct, frozen=True, order=True):
    """What a rule was used for; ``name`` only where the rule is limited to names.

    ``resource`` is combined with its subresource as rules spell it. ``path`` is a URL instead.
    """

    verb: str
    group: str = ""
    resource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""


Place = tuple[str, str]
"""A binding's namespace, ``""`` for none, and name."""


class Ledger:
    """Takes uses and credits every grant that allows them; in memory bounded by what is granted.

    A use that several grants allow is credited to all of them: nobody can tell which of them the
    API server looked at.
    """

    def __init__(self, directory: Directory) -> None:
        """Credit the grants of ``directory``."""
        self._directory = directory
        self._named = {key_of(s) for binding in directory.bindings for s in binding.subjects}
        self._shapes: dict[tuple[Key, Place, PolicyRule], set[Shape]] = defaultdict(set)
        self._seen: set[tuple[Identity, Request]] = set()
        self._uses: dict[Key, int] = defaultdict(int)
        self._classes: dict[Key, set[bool]] = defaultdict(set)
        self._logged: set[tuple[bool, str, str]] = set()
        self.has_urls = False
        """Whether any request for a URL was seen."""
        self.unexplained = 0
        """Requests that no present grant allows: of what was granted then, or else how."""

    def take(self, use: Use) -> None:
        """Credit one use."""
        keys = [key for key in keys_of(use.identity) if key in self._named]
        for key in keys:
            self._uses[key] += 1
        asked = use.identity, use.request
        if asked in self._seen:
            return
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen.add(asked)
        self._note(use, keys)
        decision = decide(self._directory, use.identity, use.request)
        self.unexplained += not decision.allowed
        for grant in decision.grants:
            self._credit(grant, use)

    def shapes(self, subject: Subject, binding: RoleBinding, rule: PolicyRule) -> set[Shape]:
        """What a subject used a rule for, by a binding."""
        key = key_of(subject)
        return self._shapes.get((key, place_of(binding), rule), set()) if key else set()

    def uses(self, subject: Subject) -> int:
        """How many uses by a subject, or by members of a group, were seen."""
        key = key_of(subject)
        return self._uses.get(key, 0) if key else 0

    def has_class(self, subject: Subject, verb: str) -> bool:
        """Whether any read (or else any write) of a subject was seen."""
        key = key_of(subject)
        return (verb in READS) in self._classes.get(key, ()) if key else False

    def has_logged(self, verb: str, group: str, resource: str) -> bool:
        """Whether any read (or else any write) of a resource was seen, by anybody."""
        return (verb in READS, group, resource) in self._logged

    def _note(self, use: Use, keys: Iterable[Key]) -> None:
        """Remember what is known to be logged."""
        request, is_read = use.request, use.request.verb in READS
        if request.path:
            self.has_urls = True
        elif len(self._logged) < KINDS:
            self._logged.add((is_read, request.group, request.combined))
        for key in keys:
            self._classes[key].add(is_read)

    def _credit(self, grant: Grant, use: Use) -> None:
        mine = set(keys_of(use.identity))
        named = {key for each in grant.binding.subjects if (key := key_of(each))}
        for key in named & mine:
            shapes = self._shapes[key, place_of(grant.binding), grant.rule]
            if not use.request.path or len(shapes) < PATHS:
                shapes.add(_shape(use.request, grant.rule))


def keys_of(identity: Identity) -> Iterator[Key]:
    """How bindings may name an identity."""
    yield "user", identity.user
    for group in identity.groups:
        yield "group", group


def _shape(request: Request, rule: PolicyRule) -> Shape:
    if request.path:
        return Shape(request.verb, path=request.path)
    name = request.name if rule.resource_names else ""
    return Shape(request.verb, request.group, request.combined, request.namespace, name)


def place_of(binding: RoleBinding) -> Place:
    """Where a binding is."""
    return binding.meta.namespace, binding.meta.name


def request_of(shape: Shape) -> Request:
    """The request that a shape stands for."""
    resource, _, subresource = shape.resource.partition("/")
    return Request(
        shape.verb, resource, shape.group, subresource, shape.namespace, shape.name, shape.path
    )

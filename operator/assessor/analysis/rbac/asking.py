"""Questions as people put them, made into the requests that an API server would judge.

SubjectAccessReview answers what no request can ask: it says yes to a name in a ``create``, and to
a namespace for what has none. A person's question is therefore made into the request that would
really arrive, and ``notes`` say what was changed.
"""

from difflib import get_close_matches

import msgspec
from msgspec import Struct

from assessor.analysis.rbac.matching import ALL
from assessor.analysis.rbac.requests import Request
from assessor.inventory.builtins import builtin, groups, plurals
from assessor.inventory.rbac import Subject
from assessor.kernel.errors import InputError

DEFAULT_NAMESPACE = "default"
NAMESPACES = "namespaces"
NAMELESS = ("create", "deletecollection")
"""Verbs whose requests carry no name (rbac.md: resourceNames never grants them)."""

UNNAMED = (*NAMELESS, "list", "watch")
"""Verbs of requests to a collection."""


class Target(Struct, frozen=True):
    """What is asked about; ``namespaced`` None where nobody here can know."""

    group: str
    resource: str
    subresource: str
    namespaced: bool | None


class Asked(Struct, frozen=True):
    """A question: the request, and with ``anywhere`` in whichever namespace it may be allowed."""

    request: Request
    anywhere: bool = False
    notes: tuple[str, ...] = ()


def subject_of(text: str) -> Subject:
    """Read ``sa:ns/name``, ``user:x`` or ``group:y``; InputError for anything else."""
    kind, _, name = text.partition(":")
    if kind == "sa":
        namespace, _, account = name.partition("/")
        if namespace and account and "/" not in account:
            return Subject("ServiceAccount", account, namespace)
    elif kind in ("user", "group") and name:
        return Subject(kind.capitalize(), name)
    raise InputError(f"subject {text!r}: write sa:NAMESPACE/NAME, user:NAME or group:NAME")


def target_of(text: str) -> Target:
    """Read ``RESOURCE[.GROUP][/SUB]``; InputError where it can be no resource.

    Without a group it is a built-in resource's own; ``NAME.`` is the core group, unchecked, and
    ``*`` alone is every resource of every group.
    """
    name, _, sub = text.partition("/")
    resource, dot, group = name.partition(".")
    if not resource:
        raise InputError(f"resource {text!r}: write RESOURCE[.GROUP][/SUBRESOURCE]")
    if resource == ALL and not dot:
        return Target(ALL, ALL, sub, namespaced=None)
    known = builtin(resource, group if dot else None)
    if known:
        return Target(known.group, resource, sub, known.namespaced)
    if not dot:
        raise InputError(_unknown(resource))
    if group and ALL not in (group, resource):
        _refuse_misspelt(resource, group)
    return Target(group, resource, sub, namespaced=None)


def _refuse_misspelt(resource: str, group: str) -> None:
    """InputError where nothing can be called so: groups of others are domain names (CRDs)."""
    if group in groups():
        raise InputError(f"resource {resource!r} is not one of group {group}{_meant(resource)}")
    if "." not in group:
        core = f"; of the core group write {resource}" if builtin(resource, "") else ""
        raise InputError(
            f"group {group!r} is not built in, and others are domain names,"
            f" as in certificates.cert-manager.io{core}"
        )


def _meant(resource: str) -> str:
    close = get_close_matches(resource.lower(), plurals(), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _unknown(resource: str) -> str:
    """A misspelt resource would be granted to nobody, which sounds like good news."""
    return (
        f"resource {resource!r} is not built in: use the plural, without short names, and write"
        f" others with their group, as in certificates.cert-manager.io{_meant(resource)}"
    )


def ask_url(verb: str, path: str) -> Asked:
    """A question about a URL; InputError where it is no path."""
    if not path.startswith("/"):
        raise InputError(f"--url {path!r}: a path starts with /")
    return Asked(Request(verb, path=path))


def ask(
    verb: str, target: Target, name: str = "", namespace: str | None = None, *, anywhere: bool
) -> Asked:
    """A question about a resource; ``namespace`` None is the default one, where there is any."""
    request = Request(verb, target.resource, target.group, target.subresource, "", name)
    notes: list[str] = []
    if name and verb in NAMELESS and not target.subresource:
        request = msgspec.structs.replace(request, name="")
        notes.append(f"a {verb} request carries no name: asked without {name!r}")
    if target.resource == NAMESPACES and not target.group:
        return _ask_namespaces(request, namespace, notes, anywhere=anywhere)
    if target.namespaced is False:
        if namespace is not None:
            notes.append(f"{target.resource} have no namespace: asked without {namespace!r}")
        return Asked(request, notes=tuple(notes))
    if target.namespaced is None and target.resource != ALL:
        notes.append(f"{target.resource} is not built in: whether it is spelt so is not known here")
    if target.namespaced is None and namespace is None and target.resource != ALL:
        notes.append(
            f"asked as if {target.resource} have a namespace; if they have none,"
            " only ClusterRoleBindings count"
        )
    where = "" if anywhere else namespace or DEFAULT_NAMESPACE
    return Asked(msgspec.structs.replace(request, namespace=where), anywhere, tuple(notes))


def _ask_namespaces(
    request: Request, namespace: str | None, notes: list[str], *, anywhere: bool
) -> Asked:
    """A namespace is within itself: its RoleBindings count for requests that name it."""
    if request.verb in UNNAMED and not request.subresource:
        if namespace is not None:
            notes.append(f"{request.verb} namespaces is asked of the cluster: without -n")
        return Asked(request, notes=tuple(notes))
    name = request.name or namespace or ""
    anywhere = anywhere and not name
    return Asked(
        msgspec.structs.replace(request, namespace=name, name=name), anywhere, tuple(notes)
    )


def within(request: Request, namespace: str) -> Request:
    """The request of a question about anywhere, in one namespace."""
    if request.resource == NAMESPACES and not request.group:
        return msgspec.structs.replace(request, namespace=namespace, name=namespace)
    return msgspec.structs.replace(request, namespace=namespace)

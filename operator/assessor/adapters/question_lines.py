"""Questions as programs put them: one SubjectAccessReviewSpec a line, read as they come."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from assessor.adapters.manifests.walking import STDIN
from assessor.analysis.rbac.requests import Identity, Request
from assessor.kernel.errors import InputError


class _Resource(Struct):
    """resourceAttributes; the version is nothing that rules speak of."""

    verb: str = ""
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""


class _NonResource(Struct):
    """nonResourceAttributes."""

    path: str
    verb: str = ""


class _Spec(Struct, rename="camel"):
    """authorization.k8s.io/v1 SubjectAccessReviewSpec; uid and extra decide nothing in RBAC."""

    user: str = ""
    groups: list[str] | None = None
    resource_attributes: _Resource | None = None
    non_resource_attributes: _NonResource | None = None


_SPEC = msgspec.json.Decoder(_Spec)


def read_questions(path: str) -> Iterator[tuple[Identity, Request]]:
    """Each question of a file, or of stdin for ``-``, as it is put.

    The API server adds no groups to them, and nor do we. Blank lines hold none. InputError names
    the line of what is no question.
    """
    if path == STDIN:
        yield from _questions(sys.stdin.buffer, "stdin")
        return
    try:
        with Path(path).open("rb") as lines:
            yield from _questions(lines, path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _questions(lines: Iterable[bytes], where: str) -> Iterator[tuple[Identity, Request]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _decoded(line, f"{where}, line {number}")


def _decoded(line: bytes, place: str) -> tuple[Identity, Request]:
    try:
        return _question(_SPEC.decode(line))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise InputError(f"{place}: {error}") from error


def _question(spec: _Spec) -> tuple[Identity, Request]:
    """As validated by the API server; ValueError."""
    if not spec.user and not spec.groups:
        raise ValueError("neither user nor groups")
    return Identity(spec.user, frozenset(spec.groups or ())), _request(spec)


def _request(spec: _Spec) -> Request:
    resource, url = spec.resource_attributes, spec.non_resource_attributes
    if (resource is None) is (url is None):
        raise ValueError("exactly one of resourceAttributes and nonResourceAttributes is needed")
    if url is not None:
        if not url.path.startswith("/"):
            raise ValueError("nonResourceAttributes.path does not start with /")
        return Request(url.verb, path=url.path)
    asked = resource or _Resource()
    return Request(
        asked.verb, asked.resource, asked.group, asked.subresource, asked.namespace, asked.name
    )

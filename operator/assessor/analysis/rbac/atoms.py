"""Rights as bits: each atom is something that a rule may grant and that a risk asks for.

A role becomes a few integers, a subject's rights the OR of its roles', and a risk a mask test, so
that thousands of bindings are judged in milliseconds (rbac.md, "How to be fast").
"""

from msgspec import Struct

ALL = "*"
WRITE = ("create", "update", "patch")
CHANGE = ("update", "patch")
DELETE = ("delete", "deletecollection")

EVERYTHING = "everything"
ANY_KIND = "any-kind"
ANY_RESOURCE = "any-resource"
ANY_GROUP = "any-group"
ANY_VERB = "any-verb"
AXES = (ANY_RESOURCE, ANY_GROUP, ANY_VERB)
WILDCARDS = (EVERYTHING, ANY_KIND, *AXES)
"""Bits for the wildcards of rules: on all three axes, on resources and groups, or on one."""


class Atom(Struct, frozen=True):
    """Any of ``verbs`` on any of ``resources`` of one API group.

    ``resources`` of ``*`` are all of the group, whatever they are called, without subresources; a
    ``group`` of ``*`` is every one, and ``*`` of that leaves out what is known to have no
    namespace. A verb that ends in ``:*`` stands for all that begin so.
    ``cluster``: the resources have no namespace, so that a RoleBinding grants nothing on them.
    ``names``: only these objects matter, and those whose names begin with one of ``prefixes``,
    each by its name or by none. To be limited to them is no limit.
    ``free``: what is made under one name can do as much as under any other, so that to create by
    name is no limit either. ``subresources``: those of the resources are meant as well.
    """

    id: str
    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    cluster: bool = False
    names: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    free: bool = False
    subresources: bool = False

    def by_name(self, verb: str) -> bool:
        """Whether a rule with resourceNames allows such requests: those that carry a name.

        A POST has none yet, except to subresources, and a deletecollection never has one; for
        creation by server-side apply see ``AtomIndex``.
        """
        if verb == "create":
            return not self.is_created
        return verb != "deletecollection"

    @property
    def is_created(self) -> bool:
        """Whether it is about making objects, not about a subresource of them."""
        return "create" in self.verbs and not all("/" in each for each in self.resources)


class Powers(Struct, frozen=True):
    """What rules grant, as masks of atoms.

    ``unnamed``: by rules without wildcard, on all objects that matter; ``named``: only on other
    objects' ``resourceNames``; ``wild``: by rules with a wildcard, which also set that wildcard's
    own bit; ``wild_named``: by rules with both.
    """

    unnamed: int = 0
    named: int = 0
    wild: int = 0
    wild_named: int = 0

    @property
    def held(self) -> int:
        """All that is granted on all objects."""
        return self.unnamed | self.wild

    @property
    def limited(self) -> int:
        """All that is granted on objects that are named."""
        return self.named | self.wild_named

    @property
    def any(self) -> int:
        """All that is granted on any object."""
        return self.unnamed | self.named | self.wild | self.wild_named

    def __or__(self, other: "Powers") -> "Powers":
        """What both grant together."""
        return Powers(
            self.unnamed | other.unnamed,
            self.named | other.named,
            self.wild | other.wild,
            self.wild_named | other.wild_named,
        )

    def within(self, mask: int) -> "Powers":
        """The same, of the atoms of ``mask`` alone."""
        return Powers(
            self.unnamed & mask, self.named & mask, self.wild & mask, self.wild_named & mask
        )

    def without(self, mask: int) -> "Powers":
        """The same, less the atoms of ``mask``."""
        return self.within(~mask)


NOTHING = Powers()

"""Volumes of a pod, reduced to where they come from."""

from msgspec import Struct


class ProjectedToken(Struct, frozen=True, gc=False):
    """A service-account token in a volume; ``seconds`` is 0 where the API's default stands."""

    audience: str = ""
    seconds: int = 0


class Volume(Struct, frozen=True, gc=False):
    """One volume; ``kind`` is the name of its source's field, such as ``hostPath``.

    ``path`` is a hostPath's; ``secrets`` are the names of the Secrets that it needs, optional ones
    left out; ``tokens`` are those that it projects.
    """

    name: str
    kind: str = "emptyDir"
    path: str = ""
    secrets: tuple[str, ...] = ()
    tokens: tuple[ProjectedToken, ...] = ()

"""Image references, taken apart as registries and runtimes do."""

from msgspec import Struct

LATEST = "latest"
"""The tag that a reference without any has."""


class ImageReference(Struct, frozen=True):
    """``tag`` and ``digest`` are empty where the reference has none."""

    repository: str
    tag: str = ""
    digest: str = ""


def parse_image(reference: str) -> ImageReference:
    """Cut the digest, then the tag: a colon before the last slash is a registry's port.

    Source: the grammar of github.com/distribution/reference.
    """
    name, _, digest = reference.partition("@")
    path, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return ImageReference(f"{path}{slash}{last}", tag, digest)

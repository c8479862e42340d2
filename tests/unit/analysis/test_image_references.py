"""Image references: where the tag begins."""

import pytest

from assessor.analysis.image_references import parse_image


@pytest.mark.parametrize(
    ("reference", "repository", "tag", "digest"),
    [
        ("app", "app", "", ""),
        ("app:1.4", "app", "1.4", ""),
        ("localhost:5000/app", "localhost:5000/app", "", ""),
        ("localhost:5000/app:1.4", "localhost:5000/app", "1.4", ""),
        ("r.example.com/a/b@sha256:00", "r.example.com/a/b", "", "sha256:00"),
        ("r.example.com:443/a/b:1@sha256:00", "r.example.com:443/a/b", "1", "sha256:00"),
        ("", "", "", ""),
    ],
)
def test_parts(reference: str, repository: str, tag: str, digest: str) -> None:
    """The digest is cut first; a colon before the last slash is a port's."""
    found = parse_image(reference)
    assert (found.repository, found.tag, found.digest) == (repository, tag, digest)

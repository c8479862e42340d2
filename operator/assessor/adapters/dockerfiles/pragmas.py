"""Comments by which a Dockerfile tells scanners to say nothing."""

import re
from collections.abc import Iterator

from assessor.adapters.dockerfiles.lines import Lines
from assessor.inventory.dockerfiles.files import Pragma

_GLOBAL = re.compile(r"hadolint\s+global\s+ignore\s*=\s*(\S.*)", re.IGNORECASE)
_SKIP = re.compile(r"check\s*=\s*(?:.*;)?\s*skip\s*=\s*all\b", re.IGNORECASE)
_EVERYTHING = re.compile(
    r"(checkov|kics|trivy|tfsec)\s*:?[\s-]*"
    r"(?:skip-file|ignore-all|skip=all|ignore=all|scan ignore|ignore:\*)",
    re.IGNORECASE,
)


def pragmas(lines: Lines) -> Iterator[Pragma]:
    """Those that hold for the whole file; one for a single line is an exception that one reads."""
    for comment in lines.comments:
        if _SKIP.match(comment.text):
            yield Pragma("BuildKit's checks", "everything", comment.span)
        elif found := _GLOBAL.match(comment.text):
            yield Pragma("hadolint", ", ".join(found[1].replace(",", " ").split()), comment.span)
        elif found := _EVERYTHING.match(comment.text):
            yield Pragma(found[1].lower(), "everything", comment.span)

"""IMAGE-02: ADD, which does more than it says."""

from collections.abc import Iterator

from assessor.analysis.dockerfiles.copying import is_archive, is_remote
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import INSTRUCTIONS, Site, each_instruction, shown
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.inventory.dockerfiles.places import Edit
from assessor.kernel.severity import Severity

_ONLY_ADD = ("checksum", "keep-git-dir", "unpack")


@check(
    "add-instead-of-copy",
    control="IMAGE-02",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Use COPY, which copies and does nothing else:
COPY app.jar /app/""",
)
@each_instruction("ADD")
def add_instead_of_copy(add: Instruction, _: Site) -> Iterator[Problem]:
    """ADD takes files that COPY would take as well.

    ADD also downloads and unpacks, so that a file whose name or content changes may do something
    else one day. An archive of the context is unpacked, which COPY does not do: that is a note.
    Source: Docker, "Building best practices", ADD or COPY; hadolint DL3020.
    """
    plain = [w for w in add.sources if not is_remote(w) and not is_archive(w)]
    archives = [w for w in add.sources if not is_remote(w) and is_archive(w)]
    if plain:
        mixed = len(plain) < len(add.sources) or any(f.name in _ONLY_ADD for f in add.flags)
        edits = () if mixed else (Edit(add.head, "COPY"),)
        yield Problem(f"ADD copies {shown(plain[0])}", key=shown(plain[0]), edits=edits)
    elif archives:
        told = f"ADD unpacks {shown(archives[0])}; COPY would not"
        yield Problem(told, key=shown(archives[0]), severity=Severity.INFO)
    elif add.heredocs and not add.sources:
        yield Problem("ADD writes a here-document", key="<<", edits=(Edit(add.head, "COPY"),))


@check(
    "unverified-download",
    control="IMAGE-02",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Say what the download must be, by its digest or, of a repository, by its commit:
ADD --checksum=sha256:24454f83… https://example.com/tool.tar.gz /tmp/""",
)
@each_instruction("ADD")
def unverified_download(add: Instruction, _: Site) -> Iterator[Problem]:
    """ADD downloads what nobody has verified, so that each build may get something else.

    A checksum pins a file, and a commit a repository. Source: Docker, Dockerfile reference,
    "ADD --checksum"; hadolint DL3020.
    """
    for source in add.sources:
        if is_remote(source) and not add.flag("checksum") and not _names_a_commit(source.text):
            yield Problem(f"ADD downloads {shown(source)} unverified", key=shown(source))


def _names_a_commit(address: str) -> bool:
    """``…/repository.git#<40 digits>:folder``."""
    commit = address.rpartition("#")[2].partition(":")[0]
    return (
        "#" in address and len(commit) == len("0" * 40) and set(commit) <= set("0123456789abcdef")
    )

"""Where a field of an object stands in its file: computed for findings only."""

from assessor.adapters.manifests.places import Place, UnreadableError
from assessor.adapters.manifests.plain_lines import Unsure
from assessor.adapters.manifests.plain_places import plain_place
from assessor.adapters.manifests.streams import Document
from assessor.catalogue.patches import Step


def place_of(document: Document, steps: tuple[Step, ...]) -> Place:
    """The place of a field in the file: of its key, or of its entry in a list.

    A field that is not there is where its nearest parent is.
    """
    return _place(document, steps).after(document.chunk.lines)


def _place(document: Document, steps: tuple[Step, ...]) -> Place:
    if document.plain:
        try:
            return plain_place(document.chunk.text, steps)
        except Unsure:
            pass
    # Imported only where it is needed, as is streams' reason.
    from assessor.adapters.manifests.exact_places import exact_place  # noqa: PLC0415
    from assessor.adapters.manifests.yaml_nodes import document_nodes  # noqa: PLC0415

    try:
        roots = list(document_nodes(document.chunk.text))
        return exact_place(roots[document.number], steps)
    except (UnreadableError, IndexError):
        # JSON that libyaml does not take for YAML: the document's first line must do.
        return Place(1)

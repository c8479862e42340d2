"""Where a field of an object stands in its file: computed for findings only."""

from assessor.adapters.manifests.places import Place, UnreadableError
from assessor.adapters.manifests.plain_lines import Unsure
from assessor.adapters.manifests.plain_places import plain_place
from assessor.adapters.manifests.streams import Document
from assessor.adapters.manifests.yaml_nodes import (
    Alias,
    Mapping,
    Node,
    Scalar,
    Sequence,
    document_nodes,
)
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
    try:
        roots = list(document_nodes(document.chunk.text))
        return exact_place(roots[document.number], steps)
    except (UnreadableError, IndexError):
        # JSON that libyaml does not take for YAML: the document's first line must do.
        return Place(1)


def exact_place(root: Node, steps: tuple[Step, ...]) -> Place:
    """The place of a field below a node, or of its nearest parent."""
    node, place = root, root.place
    for step in steps:
        target = node.target if isinstance(node, Alias) else node
        found = _entry(target, step)
        if found is None:
            break
        node, place = found
    return place


def _entry(node: Node, step: Step) -> tuple[Node, Place] | None:
    """The last one counts, as for the API server; what a merge brings stands where it merges."""
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.children):
        child = node.children[step]
        return child, child.place
    if isinstance(node, Mapping):
        for key, value in reversed(list(node.pairs)):
            if isinstance(key, Scalar) and key.text == step:
                return value, key.place
    return None

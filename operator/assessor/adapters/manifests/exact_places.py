"""Where fields stand in a YAML document, by libyaml's marks."""

from assessor.adapters.manifests.places import Place
from assessor.adapters.manifests.yaml_nodes import Alias, Mapping, Node, Scalar, Sequence
from assessor.catalogue.patches import Step


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

"""What makes a Dockerfile unreadable."""

from assessor.adapters.manifests.places import Place


class DockerfileError(ValueError):
    """No builder would take the file; ``reason`` quotes no values, as they may be secret."""

    def __init__(self, reason: str, place: tuple[int, int]) -> None:
        """``place`` is where the instruction begins."""
        super().__init__(reason)
        self.reason = reason
        self.place = Place(*place)

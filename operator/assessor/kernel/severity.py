"""Severity: how bad a finding is, and what it weighs in a score."""

from enum import IntEnum


class Severity(IntEnum):
    """Ordered from a note to an emergency; compare with ``<`` and ``>=``."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The spelling that the API uses: ``Info`` … ``Critical``."""
        return self.name.capitalize()

    @property
    def weight(self) -> int:
        """Points in a score: 10, 5, 2, 1 from Critical to Low; a note weighs nothing."""
        return _WEIGHTS[self]

    @classmethod
    def parse(cls, label: str) -> "Severity":
        """The severity spelt ``label`` in any case; ValueError names the choices."""
        try:
            return cls[label.upper()]
        except KeyError:
            choices = ", ".join(severity.label for severity in cls)
            raise ValueError(f"unknown severity {label!r}; choose one of {choices}") from None


_WEIGHTS = {
    Severity.INFO: 0,
    Severity.LOW: 1,
    Severity.MEDIUM: 2,
    Severity.HIGH: 5,
    Severity.CRITICAL: 10,
}

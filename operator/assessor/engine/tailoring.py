"""What the resources ask of the engine: profile, selection and severities, as input values."""

from collections.abc import Mapping

from msgspec import Struct

from assessor.catalogue.profiles import Profile
from assessor.kernel.severity import Severity


class Tailoring(Struct, frozen=True):
    """Which controls count, and from which severity a failure makes a namespace non-compliant.

    ``include`` and ``exclude`` are ids or globs (``NET-*``) of controls; an empty ``include`` means
    the profile's controls. ``severities`` override the severity of every finding of a control.
    """

    profile: Profile
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = {}
    fail_on: Severity = Severity.HIGH

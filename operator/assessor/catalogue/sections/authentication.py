"""Authentication: who people and programs are, and how the API server knows."""

from assessor.catalogue.controls import Control, Section
from assessor.catalogue.sections.scopes import N_C, C
from assessor.kernel.severity import Severity

AUTHENTICATION = (
    Control(
        "AUTHN-01",
        "Identity provider for users",
        Section.AUTHENTICATION,
        C,
        Severity.HIGH,
        "People who sign in through one identity provider can be disabled in one place. "
        "Certificates and static credentials outlive the people they were made for.",
    ),
    Control(
        "AUTHN-02",
        "No service-account tokens for authentication",
        Section.AUTHENTICATION,
        N_C,
        Severity.HIGH,
        "A token that nobody needs is a credential waiting to be stolen. Long-lived ones stay "
        "valid after the pod, and often after the person, is gone.",
    ),
    Control(
        "AUTHN-03",
        "Central certificate management",
        Section.AUTHENTICATION,
        N_C,
        Severity.MEDIUM,
        "Certificates that one system issues and renews do not expire by surprise. Keys that "
        "are copied by hand are never rotated.",
    ),
    Control(
        "AUTHN-04",
        "Personal accounts, descriptive service-account names",
        Section.AUTHENTICATION,
        N_C,
        Severity.LOW,
        "An audit log is only as good as the names in it. A shared or meaningless name leaves "
        "an action without an author.",
    ),
)

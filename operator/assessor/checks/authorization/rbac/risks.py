"""AUTHZ-01 and AUTHZ-04: a check for each risk of the catalogue, made from its table."""

import inspect
from collections.abc import Iterable, Iterator
from functools import partial

from assessor.analysis.rbac.risk_table import IMPERSONATION, RISKS
from assessor.analysis.rbac.risks import Risk
from assessor.catalogue.checks import Check, Subjects
from assessor.checks.authorization.evidence import RBAC
from assessor.checks.authorization.rbac.wording import problems, where
from assessor.kernel.severity import Severity


def _check_of(risk: Risk, control: str) -> Check:
    documentation = inspect.cleandoc(risk.why)
    worst = max(_severities(risk))
    card = (risk.id, control, worst, Subjects.BINDINGS, RBAC)
    return Check(*card, risk.remediation, documentation, partial(problems, risk.id), where=where)


def _severities(risk: Risk) -> Iterator[Severity]:
    for tier in risk.tiers:
        yield from (each for each in (tier.namespace, tier.cluster) if each is not None)


def _checks(risks: Iterable[Risk], control: str) -> tuple[Check, ...]:
    return tuple(_check_of(risk, control) for risk in risks)


LEAST_PRIVILEGE = _checks(RISKS, "AUTHZ-01")
NO_IMPERSONATION = _checks(IMPERSONATION, "AUTHZ-04")

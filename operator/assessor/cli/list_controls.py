"""`assessor list`: the 64 controls, their checks, and what is automated."""

from collections import defaultdict

import click

from assessor.catalogue.checklist import CONTROLS
from assessor.checks.loading import load


@click.command("list")
def list_controls() -> None:
    """List the 64 controls with their checks; those without any are not automated yet."""
    checks: dict[str, list[str]] = defaultdict(list)
    for check in load():
        checks[check.control].append(check.id)
    for control in CONTROLS:
        click.echo(f"{control.id:<12}{control.severity.label:<9}{control.title}")
        for name in checks.get(control.id, ()):
            click.echo(f"{'':<12}{name}")
    click.echo(
        f"\n{len(checks)} of {len(CONTROLS)} controls are automated, by {_count(checks)} checks."
    )


def _count(checks: dict[str, list[str]]) -> int:
    return sum(map(len, checks.values()))

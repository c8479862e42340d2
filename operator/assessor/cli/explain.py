"""`assessor explain`: a control or a check, with reasons, evidence, examples and references."""

import click

from assessor.adapters.examples import example_of
from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check
from assessor.catalogue.controls import Control
from assessor.catalogue.references import REFERENCES
from assessor.checks.loading import load
from assessor.kernel.errors import InputError

_SCOPES = {"N": "a namespace", "C": "the cluster", "B": "the build"}


@click.command()
@click.argument("name", metavar="CONTROL-OR-CHECK")
def explain(*, name: str) -> None:
    """Explain a control, such as WORKLOAD-10, or a check, such as host-pid."""
    checks = load()
    control = next((each for each in CONTROLS if each.id == name.upper()), None)
    if control:
        click.echo(_control(control, [each for each in checks if each.control == control.id]))
        return
    check = next((each for each in checks if each.id == name.lower()), None)
    if check is None:
        raise InputError(f"there is no control and no check {name!r}; `assessor list` shows them")
    click.echo(f"{_check(check)}\n{_references(check.control)}")


def _control(control: Control, checks: list[Check]) -> str:
    scopes = ", ".join(_SCOPES[each] for each in ("N", "C", "B") if each in control.scopes)
    head = (
        f"{control.id}  {control.title}\n"
        f"{control.section} · {control.severity.label} · judged for {scopes}\n\n"
        f"{control.rationale}\n"
    )
    told = [_check(each) for each in checks] or ["No check automates it yet.\n"]
    return "\n".join([head, *told, _references(control.id)])


def _check(check: Check) -> str:
    needs = ", ".join(sorted(check.needs)) or "nothing but its subject"
    example = example_of(check)
    return (
        f"{check.id}  ({check.control}, {check.severity.label})\n"
        f"{_indented(check.documentation)}\n\n"
        f"  Looks at: {check.over}, with {needs} as evidence\n"
        f"  In files: {_in_files(check)}\n"
        f"  How to mend it:\n{_indented(check.remediation, 4)}\n"
        f"  Before:\n{_indented(example.before, 4)}\n"
        f"  After:\n{_indented(example.after, 4)}\n"
    )


def _references(control: str) -> str:
    return "References\n" + _indented("\n".join(REFERENCES[control]))


def _in_files(check: Check) -> str:
    if check.absent:
        return (
            f"only with --complete, as it tells what is absent of {', '.join(sorted(check.absent))}"
        )
    return "judged file by file" if check.alone else "judged over all files together"


def _indented(text: str, by: int = 2) -> str:
    return "\n".join(f"{' ' * by}{line}".rstrip() for line in text.splitlines())

"""Answers about rights, for a terminal."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from assessor.analysis.rbac.asking import Asked
from assessor.analysis.rbac.authorizer import Grant
from assessor.analysis.rbac.questions import Answer, Holders, Rights, naming
from assessor.analysis.rbac.requests import Identity
from assessor.inventory.rbac import PolicyRule, Subject
from assessor.reporting.bounds import bounded
from assessor.reporting.rbac_document import MASTERS_CAN
from assessor.reporting.table import LONGEST_CELL, cell, columns

YES, NO, UNDECIDED = "yes", "no", "undecided"
STYLES = {YES: "bold green", NO: "bold red", UNDECIDED: "bold yellow"}


def answer_table(asked: Asked, subject: Subject, identity: Identity, answer: Answer) -> Group:
    """Yes, no or undecided, and by what."""
    said = verdict(answer)
    question = _plain(f"Can {subject} {_question(asked, 'in all namespaces')}? ")
    parts: list[RenderableType] = [question.append(said, STYLES[said])]
    if answer.grants:
        table = columns("WHERE", "THROUGH", "BINDING", "ROLE", "RULE")
        for grant in answer.grants:
            through = ", ".join(map(str, naming(grant.binding, identity)))
            table.add_row(cell(_where(grant)), cell(through), *_grant_cells(grant))
        parts.append(table)
    notes = (*asked.notes, *([MASTERS_CAN] if answer.master else []))
    return Group(*parts, *_remarks(notes, answer.undecided))


def answer_line(answer: Answer) -> str:
    """One line, for a list of many answers."""
    by = ", ".join(f"{each.binding.ref} → {each.role.ref}" for each in answer.grants)
    told = by or (MASTERS_CAN if answer.master else "; ".join(answer.undecided))
    return bounded(f"{verdict(answer)} {told}".rstrip(), LONGEST_CELL)


def verdict(answer: Answer) -> str:
    """Yes, no, or undecided where a no is not sure."""
    if answer.allowed:
        return YES
    return UNDECIDED if answer.undecided else NO


def holders_table(asked: Asked, found: Holders) -> Group:
    """A line for each grant, under the subject that holds it."""
    parts: list[RenderableType] = [_plain(f"Who can {_question(asked, 'in any namespace')}?")]
    if found.holders:
        table = columns("SUBJECT", "WHERE", "BINDING", "ROLE", "RULE")
        for holder in found.holders:
            for number, grant in enumerate(holder.grants):
                named = "" if number else str(holder.subject)
                table.add_row(cell(named), cell(_where(grant)), *_grant_cells(grant))
        parts.append(table)
    else:
        parts.append(Text("No subject of any binding that was read."))
    return Group(*parts, *_remarks((*asked.notes, MASTERS_CAN), found.undecided))


def rights_table(subject: Subject, namespace: str | None, found: Rights) -> Group:
    """A line for each rule held."""
    where = f"in namespace {namespace}" if namespace else "in any namespace"
    parts: list[RenderableType] = [_plain(f"Rights of {subject} {where} and of the cluster")]
    if found.grants:
        table = columns("WHERE", "BINDING", "ROLE", "RULE")
        for grant in found.grants:
            table.add_row(cell(_where(grant)), *_grant_cells(grant))
        parts.append(table)
    else:
        parts.append(Text("None by any binding that was read."))
    return Group(*parts, *_remarks([MASTERS_CAN] if found.master else [], found.undecided))


def _grant_cells(grant: Grant) -> tuple[Text, Text, Text]:
    return cell(grant.binding.ref), cell(grant.role.ref), cell(_rule(grant.rule))


def _remarks(notes: Iterable[str], undecided: Iterable[str]) -> Iterator[RenderableType]:
    yield from (Text(f"Note: {bounded(note, LONGEST_CELL)}", style="dim") for note in notes)
    for each in undecided:
        told = f"Undecided beyond this: {each}"
        yield Text(bounded(told, LONGEST_CELL), style="yellow")


def _question(asked: Asked, everywhere: str) -> str:
    """What is asked, with the group that it was taken to be of, and where."""
    request = asked.request
    if request.path:
        return f"{request.verb} {request.path}"
    group = f".{request.group}" if request.group else ""
    sub = f"/{request.subresource}" if request.subresource else ""
    name = f" {request.name}" if request.name else ""
    place = everywhere if asked.anywhere else "in the whole cluster"
    if request.namespace:
        place = f"in namespace {request.namespace}"
    return f"{request.verb} {request.resource}{group}{sub}{name} {place}"


def _where(grant: Grant) -> str:
    return grant.binding.meta.namespace or "everywhere"


def _rule(rule: PolicyRule) -> str:
    """As a sentence: verbs, on what, of which groups, of which names."""
    groups = ", ".join(group or "core" for group in rule.api_groups)
    parts = [
        ", ".join(rule.verbs),
        ", ".join((*rule.resources, *rule.non_resource_urls)),
        f"of {groups}" if groups not in ("", "core") else "",
        f"named {', '.join(rule.resource_names)}" if rule.resource_names else "",
    ]
    return " ".join(part for part in parts if part)


def _plain(text: str) -> Text:
    return Text(bounded(text, LONGEST_CELL))

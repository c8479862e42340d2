"""`assessor rbac who-can`, `rights` and `can-i`: questions to roles and bindings."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from assessor.adapters.manifests.walking import STDIN
from assessor.adapters.question_lines import read_questions
from assessor.analysis.rbac import questions
from assessor.analysis.rbac.asking import (
    DEFAULT_NAMESPACE,
    Asked,
    ask,
    ask_url,
    subject_of,
    target_of,
)
from assessor.analysis.rbac.requests import identity_of
from assessor.cli.printing import (
    output_option,
    print_json,
    print_json_line,
    print_line,
    print_tables,
)
from assessor.cli.rbac_source import Source, source_options
from assessor.reporting.rbac_document import (
    answer_document,
    holders_document,
    request_document,
    rights_document,
)
from assessor.reporting.rbac_table import (
    answer_line,
    answer_table,
    holders_table,
    rights_table,
)

EXIT_YES, EXIT_NO, EXIT_UNDECIDED = 0, 1, 3

Command = Callable[..., Any]


# ── options ───────────────────────────────────────────────────────────────────────────────────


def _namespace_option(command: Command) -> Command:
    return click.option(
        "-n",
        "--namespace",
        help="The namespace asked about, and that of objects in files which name none."
        f"  [default: {DEFAULT_NAMESPACE}]",
    )(command)


def _request_options(everywhere: str) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in (
            click.option("--url", help="Ask about this URL path instead of a resource."),
            click.option("-A", "--all-namespaces", "everywhere", is_flag=True, help=everywhere),
            _namespace_option,
            click.argument("name", required=False),
            click.argument("resource", required=False, metavar="RESOURCE[.GROUP][/SUB]"),
        ):
            command = option(command)
        return command

    return decorate


# ── commands ──────────────────────────────────────────────────────────────────────────────────


@click.command()
@click.argument("verb")
@_request_options("In any namespace; the answer tells where.")
@source_options
@output_option
def who_can(
    *,
    verb: str,
    resource: str | None,
    name: str | None,
    namespace: str | None,
    everywhere: bool,
    url: str | None,
    files: tuple[str, ...],
    kubeconfig: Path | None,
    context: str | None,
    output: str,
) -> None:
    """Who can VERB this RESOURCE, or the object NAME of it; by which bindings, roles and rules.

    RESOURCE is a plural without short names: pods, pods/exec, deployments.apps/scale. Built-in
    ones need no group. The exit code is 0 if somebody can, 1 if nobody can, 2 if the command
    could not do its work, and 3 if nobody was found but not all could be read.
    """
    asked = _asked(verb, resource, name, namespace, url, everywhere=everywhere)
    source = Source(files, kubeconfig, context)
    found = questions.who_can(source.read(_needed(asked), default=namespace), asked)
    if output == "json":
        print_json(holders_document(asked, found))
    else:
        print_tables(holders_table(asked, found))
    sys.exit(_exit_code(yes=bool(found.holders), undecided=bool(found.undecided)))


@click.command()
@click.argument("subject")
@click.option(
    "-n",
    "--namespace",
    help="Only the rights in this namespace and of the cluster, instead of in every namespace.",
)
@source_options
@output_option
def rights(
    *,
    subject: str,
    namespace: str | None,
    files: tuple[str, ...],
    kubeconfig: Path | None,
    context: str | None,
    output: str,
) -> None:
    """Every rule that SUBJECT holds, and by which binding and role.

    SUBJECT is sa:NAMESPACE/NAME, user:NAME or group:NAME, with the groups that it is in by being
    authenticated. The exit code is 0 if it holds any, 1 if none, 2 if the command could not do
    its work, and 3 if none was found but not all could be read.
    """
    who = subject_of(subject)
    known = Source(files, kubeconfig, context).read(namespace, default=namespace)
    found = questions.rights(known, identity_of(who), namespace)
    if output == "json":
        print_json(rights_document(who, namespace, found))
    else:
        print_tables(rights_table(who, namespace, found))
    sys.exit(_exit_code(yes=bool(found.grants) or found.master, undecided=bool(found.undecided)))


@click.command()
@click.argument("verb", required=False)
@_request_options("In all namespaces at once.")
@click.option("--as", "subject", help="Who: sa:NAMESPACE/NAME, user:NAME or group:NAME.")
@click.option(
    "--questions",
    "lines",
    metavar="FILE",
    help="Answer many: one SubjectAccessReviewSpec of authorization.k8s.io/v1 as JSON on each"
    " line of FILE, or - for stdin; who asks is in no groups but those given.",
)
@source_options
@output_option
def can_i(
    *,
    verb: str | None,
    resource: str | None,
    name: str | None,
    namespace: str | None,
    everywhere: bool,
    url: str | None,
    subject: str | None,
    lines: str | None,
    files: tuple[str, ...],
    kubeconfig: Path | None,
    context: str | None,
    output: str,
) -> None:
    """Whether a subject can VERB this RESOURCE, or the object NAME of it; and why.

    The exit code is 0 for yes, 1 for no, 2 if the command could not do its work, and 3 for
    undecided: no, but not all could be read. With --questions each line has its own answer, and
    the exit code is 0, or 3 if any of them is undecided.
    """
    source = Source(files, kubeconfig, context)
    if lines is not None:
        given = (verb, resource, name, url, subject)
        if any(each is not None for each in given) or everywhere:
            raise click.UsageError("--questions brings the whole questions; give none besides")
        _answer_all(source, lines, namespace, as_json=output == "json")
        return
    if verb is None or subject is None:
        raise click.UsageError("say who can do what: VERB RESOURCE --as SUBJECT")
    asked = _asked(verb, resource, name, namespace, url, everywhere=everywhere)
    who = subject_of(subject)
    identity = identity_of(who)
    known = source.read(_needed(asked, singly=True), default=namespace)
    answer = questions.can_i(known, identity, asked.request)
    if output == "json":
        shown = {"notes": list(asked.notes), "request": request_document(asked.request)}
        print_json(answer_document(answer, identity) | {"subject": str(who)} | shown)
    else:
        print_tables(answer_table(asked, who, identity, answer))
    sys.exit(_exit_code(yes=answer.allowed, undecided=bool(answer.undecided)))


def _answer_all(source: Source, path: str, namespace: str | None, *, as_json: bool) -> None:
    """Answer each line as it is read; the questions may be more than fit into memory."""
    if path == STDIN and STDIN in source.files:
        raise click.UsageError("stdin holds either the files or the questions")
    known = source.read(None, default=namespace)
    undecided = False
    for identity, request in read_questions(path):
        answer = questions.can_i(known, identity, request)
        undecided = undecided or bool(answer.undecided)
        if as_json:
            print_json_line(answer_document(answer, identity))
        else:
            print_line(answer_line(answer))
    sys.exit(EXIT_UNDECIDED if undecided else EXIT_YES)


# ── what is asked ─────────────────────────────────────────────────────────────────────────────


def _asked(
    verb: str,
    resource: str | None,
    name: str | None,
    namespace: str | None,
    url: str | None,
    *,
    everywhere: bool,
) -> Asked:
    if (resource is None) is (url is None):
        raise click.UsageError("say which: a RESOURCE or --url PATH")
    if everywhere and namespace is not None:
        raise click.UsageError("say which: --namespace NAME or --all-namespaces")
    if url is not None:
        return ask_url(verb, url)
    return ask(verb, target_of(resource or ""), name or "", namespace, anywhere=everywhere)


def _needed(asked: Asked, *, singly: bool = False) -> str | None:
    """The namespace whose roles matter to a question: None is all of them, ``""`` none."""
    return None if asked.anywhere and not singly else asked.request.namespace


def _exit_code(*, yes: bool, undecided: bool) -> int:
    if yes:
        return EXIT_YES
    return EXIT_UNDECIDED if undecided else EXIT_NO

"""`assessor assess`: judge namespaces once, with every finding."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import click
import msgspec

from assessor import __version__
from assessor.adapters.api_client import ApiClient
from assessor.adapters.credentials import CredentialSource
from assessor.adapters.gathering import gather
from assessor.api.parsing import parse_spec
from assessor.api.security_assessment import GROUP, PLURAL, VERSION, SecurityAssessmentSpec
from assessor.catalogue.checklist import CATALOGUE_VERSION
from assessor.cli.cluster_options import cluster_options, credential_source, one_shot_client
from assessor.cli.printing import output_option, print_json, print_tables
from assessor.controller.judge import Judge
from assessor.engine.assessment import Assessment
from assessor.kernel.errors import InputError, NotFoundError, RecordError
from assessor.kernel.severity import Severity
from assessor.reporting.document import document
from assessor.reporting.table import details, overview

EXIT_FAILING = 1
EXIT_UNDECIDED = 3

NEVER = "never"
SEVERITIES = [s.label.lower() for s in sorted(Severity, reverse=True) if s > Severity.INFO]


class Request(NamedTuple):
    """What the command line asked for; ``namespace`` None means all of them."""

    namespace: str | None
    assessment: str | None
    tailoring: dict[str, Any]
    fail_on: str | None


@click.command()
@click.option("-n", "--namespace", help="The namespace to judge.")
@click.option("-A", "--all-namespaces", is_flag=True, help="Judge every namespace.")
@cluster_options
@click.option(
    "--assessment",
    help="Judge as this SecurityAssessment of the namespace asks: its profile, tailoring and"
    " failOn. By default the profile restricted.",
)
@click.option(
    "--profile", help="What to judge: baseline, restricted, full, pss-baseline or pss-restricted."
)
@click.option("--include", multiple=True, help="Judge only these: an id or glob such as NET-*.")
@click.option("--exclude", multiple=True, help="Leave these out: an id or glob.")
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, NEVER], case_sensitive=False),
    help="The lowest severity whose failure makes the exit code 1; never: always 0."
    "  [default: high, or the assessment's failOn]",
)
@output_option
def assess(
    *,
    namespace: str | None,
    all_namespaces: bool,
    kubeconfig: Path | None,
    context: str | None,
    assessment: str | None,
    profile: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    fail_on: str | None,
    output: str,
) -> None:
    """Judge namespaces once and show every finding.

    The exit code is 0 if every namespace is compliant, 1 if one is not, 2 if the command could
    not do its work, and 3 if nothing fails but something that matters could not be judged.
    """
    tailoring = _tailoring(profile, include, exclude)
    _check_usage(namespace, assessment, tailoring, everywhere=all_namespaces)
    request = Request(namespace, assessment, tailoring, fail_on)
    source = credential_source(kubeconfig, context)
    judged = asyncio.run(_assess(source, request))
    if output == "json":
        print_json(document(judged, version=__version__, catalogue_version=CATALOGUE_VERSION))
    else:
        print_tables(overview(judged), *(details(name, each) for name, each in judged.items()))
    sys.exit(0 if fail_on == NEVER else exit_code(judged))


def exit_code(judged: Mapping[str, Assessment]) -> int:
    """Worst first: a failure is one, whatever else could not be judged."""
    verdicts = {each.compliance.status for each in judged.values()}
    if "False" in verdicts:
        return EXIT_FAILING
    return EXIT_UNDECIDED if "Unknown" in verdicts else 0


def _check_usage(
    namespace: str | None, assessment: str | None, tailoring: dict[str, Any], *, everywhere: bool
) -> None:
    if (namespace is None) is not everywhere:
        raise click.UsageError("say which: --namespace NAME or --all-namespaces")
    if namespace == "":
        raise click.UsageError("--namespace is empty; is a variable unset?")
    if assessment and everywhere:
        raise click.UsageError("--assessment names one of a namespace; it does not go with -A")
    if assessment and tailoring:
        raise click.UsageError("--assessment brings its own profile and tailoring")


def _tailoring(
    profile: str | None, include: tuple[str, ...], exclude: tuple[str, ...]
) -> dict[str, Any]:
    """The flags as a spec has them; what was not given is not in it."""
    controls = {"include": list(include), "exclude": list(exclude)}
    given = {name: patterns for name, patterns in controls.items() if patterns}
    return ({"profile": profile} if profile else {}) | ({"controls": given} if given else {})


async def _assess(source: CredentialSource, request: Request) -> dict[str, Assessment]:
    async with one_shot_client(source) as client:
        spec = await _spec(client, request)
        gathered = await gather(client, request.namespace)
    judge = Judge()
    names = gathered.namespaces() if request.namespace is None else (request.namespace,)
    if not names:
        raise InputError("no namespace can be seen; name one with --namespace")
    return {name: judge.assess(spec, gathered.snapshot(name)) for name in names}


async def _spec(client: ApiClient, request: Request) -> SecurityAssessmentSpec:
    raw = await _stored_spec(client, request) if request.assessment else request.tailoring
    if request.fail_on and request.fail_on != NEVER:
        raw = raw | {"failOn": request.fail_on.capitalize()}
    return parse_spec(raw)


async def _stored_spec(client: ApiClient, request: Request) -> dict[str, Any]:
    namespace, name = request.namespace or "", request.assessment or ""
    where = f"/apis/{GROUP}/{VERSION}/namespaces/{quote(namespace, safe='')}/{PLURAL}"
    try:
        body = await client.get(f"{where}/{quote(name, safe='')}")
    except NotFoundError as error:
        raise InputError(f"{namespace} has no SecurityAssessment {name!r}: {error}") from error
    try:
        spec: dict[str, Any] = msgspec.json.decode(body)["spec"]
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise RecordError(f"SecurityAssessment {namespace}/{name}: {error!r}") from error
    return spec

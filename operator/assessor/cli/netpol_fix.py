"""`assessor netpol fix`: policies that mend a namespace, proven before they are shown."""

import sys
from pathlib import Path

import click
import yaml

from assessor.analysis.netpol.fixing.manifests import manifest
from assessor.analysis.netpol.fixing.policies import Fix
from assessor.cli.cluster_options import source_options
from assessor.cli.netpol_source import Source, tell_gaps
from assessor.cli.printing import print_line
from assessor.kernel.errors import InputError
from assessor.scanner.netpol_proof import Proof, prove

EXIT_REMAINS = 1


@click.command("fix")
@click.option(
    "-n",
    "--namespace",
    "namespaces",
    multiple=True,
    help="The namespace to mend; may be repeated. Without it every namespace with workloads or"
    " policies is, but for kube-*.",
)
@click.option(
    "--ingress-from",
    default="",
    metavar="NAMESPACE",
    help="Where the controller of Ingresses and Routes runs: it is let in to what they lead to.",
)
@source_options
def fix_command(
    *,
    namespaces: tuple[str, ...],
    ingress_from: str,
    files: tuple[str, ...],
    kubeconfig: Path | None,
    context: str | None,
) -> None:
    """NetworkPolicies to apply: a default-deny for both directions, DNS, and what is explained.

    An edge is explained by a Service, by an Ingress with --ingress-from, or by a policy of either
    end that names the other. Policies
    that let everybody in or out are shown without the rules that do. What comes out is evaluated
    before it is shown: the comments say which findings of NET-01 it removes, which remain, and
    that no explained edge is cut. What nothing explains is denied: compare with `netpol diff`. The
    exit code is 0 if the findings that the fix is for are gone and nothing explained is cut, 1 if
    not, and 2 if the command could not do its work.
    """
    state = Source(files, kubeconfig, context).read(namespaces)
    tell_gaps(state)
    known = {root.ref.namespace for root in state.roots}
    known |= {policy.meta.namespace for policy in state.policies.network} | set(state.namespaces)
    for name in namespaces:
        if name not in known:
            raise InputError(f"there is no namespace {name!r}")
    wanted = namespaces or sorted(each for each in known if not each.startswith("kube-"))
    proofs = [prove(state, each, ingress_from) for each in wanted]
    for proof in proofs:
        _show(proof)
    sys.exit(0 if all(proof.holds for proof in proofs) else EXIT_REMAINS)


def _show(proof: Proof) -> None:
    """The documents under comments."""
    for line in proof.told():
        print_line(f"# {' '.join(line.split())}")
    _documents(proof.fix)


def _documents(fixed: Fix) -> None:
    for policy in fixed.made:
        print_line(f"# {fixed.why[policy.meta.name]}")
        _dump(manifest(policy))
    for policy in fixed.replaced:
        click.echo("# as it is, without the rules that let everybody in or out")
        _dump(manifest(policy))


def _dump(document: dict[str, object]) -> None:
    click.echo(yaml.safe_dump(document, sort_keys=False, explicit_start=True), nl=False)

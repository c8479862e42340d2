"""The fleet benchmark: what the operator costs on a real API server, beside what that allows.

    make bench                # 1,000 namespaces, 10,000 pods, 5,000 RoleBindings
    make bench SIZE=small     # 40 namespaces, to see that it works
    make bench SIZE=large     # 50,000 pods

It starts a control plane of its own on loopback, with the API server's default limits, ends its
controllers, so that what is made stays as it is made, and fills it with what teams own: pods of 8
KiB with their Deployments and ReplicaSets, Services, accounts, NetworkPolicies, Roles and bindings,
and one SecurityAssessment a namespace. A quarter, a half and the whole of it are measured one
after the other, to show growth.

At each size, with the operator as a process of its own and as its own service account:

- LIST of the observed kinds, as the informers list, but nothing decoded (the median of three);
- the cold start, from the start of the process until the last assessment's status is visible in
  an independent watch;
- memory after it (VmRSS, and VmHWM as the peak);
- drift: 50 changes a second, each of which flips a verdict, never two of one namespace at once;
  the latency is from the API server's answer to the change until the verdict is visible in the
  independent watch. The lag of the load generator's own event loop is told beside it;
- bare status writes: the operator's own statuses of the cold start, written to fresh objects by a
  minimal client, as many at once.

At the full size also: an idle time, with the API server's audit log as the witness of writes; a
ClusterRole whose change gives every namespace another finding, beside as many bare writes of just
these statuses; and one namespace of 5,000 pods and 1,000 RoleBindings that keeps changing, while
the others drift. Binaries of popeye, polaris and kubescape on PATH are timed on the same cluster.

The same changes are then made once more without the operator, each followed at once by a bare
write of its verdict: where those are late, the machine's API server is what is slow.

The table tells each figure with its goal (docs/design/scale.md); the last line is the path of the
figures as JSON. The exit code is 0 whatever the figures are, and 1 where something could not be
measured: a request that failed, a status that did not come.
"""

import asyncio
import signal
import sys
from pathlib import Path
from types import FrameType

import aiohttp
import msgspec
from msgspec.structs import replace

from playground import installation
from playground.controlplane import ControlPlane
from playground.errors import PlaygroundError
from playground.operator_process import ACCOUNT, NAMESPACE
from tests.bench.fleet import others, report
from tests.bench.fleet.api import Api
from tests.bench.fleet.errors import BenchError
from tests.bench.fleet.figures import Figures
from tests.bench.fleet.running import Run, tell
from tests.bench.fleet.sizes import SIZES, Size
from tests.bench.fleet.statuses import StatusWatch
from tests.planes import prepared

FOLDER = installation.ROOT / ".bench"
PEER_TOKEN_SECONDS = 4 * 3600


def main(name: str) -> int:
    """Measure one size; return the exit code."""
    size = SIZES.get(name)
    if size is None:
        print(f"SIZE={name}: there are {', '.join(SIZES)}", file=sys.stderr)
        return 2
    code = 0
    try:
        figures = _measured(name, size)
        print("\n" + report.render(figures, size) + "\n")
        print(_put(figures))
    except* (BenchError, PlaygroundError, aiohttp.ClientError, OSError) as group:
        print(f"bench: not measured: {_first(group)}", file=sys.stderr)
        code = 1
    return code


def _measured(name: str, size: Size) -> Figures:
    tell("starting a control plane")
    with prepared() as plane:
        plane.stop_controllers()
        figures = asyncio.run(_run(name, size, plane))
        tools = others.run_all(plane.admin_kubeconfig, plane.folder)
        return replace(figures, tools=tuple(tools))


async def _run(name: str, size: Size, plane: ControlPlane) -> Figures:
    token = plane.service_account_token(NAMESPACE, ACCOUNT, PEER_TOKEN_SECONDS)
    async with (
        Api(plane.url, plane.ca_file, plane.token) as admin,
        Api(plane.url, plane.ca_file, token) as peer,
        StatusWatch(admin) as watch,
    ):
        return await Run(plane, size, admin=admin, peer=peer, watch=watch).measure(name)


def _put(figures: Figures) -> Path:
    """Write the JSON: the headline's figures, and below them all."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"fleet-{figures.size}.json"
    content = figures.headline() | {"figures": figures}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    return path


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error: the others followed from it."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    # A signal becomes an exception, so that everything that was started is ended on the way out.
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _leave)
    sys.exit(main(sys.argv[1]))

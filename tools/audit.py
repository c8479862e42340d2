"""Whether a known vulnerability is in what the lock files pin: `make lint` runs it.

Asked is PyPI, by pip-audit; further arguments are pip-audit's, as `-s osv`. Where no service
answers, or none that knows these packages, that is said in one line and is no failure: lint works
without a network. An advisory that does not concern us stands in tools/audit-accepted.toml, with
its reason and the day until which that is believed.
"""

import datetime as dt
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
ACCEPTED = ROOT / "tools" / "audit-accepted.toml"

SOCKET_TIMEOUT = 5
WHOLE_TIMEOUT = 300
"""Seconds: a slow service must not hold up lint for longer."""

AWAY = re.compile(
    r"requests\.exceptions\.(?:\w*Timeout|ConnectionError|ProxyError|SSLError|RetryError)\b"
    r"|Could not connect to|is not redirecting properly|Error: 5\d\d|\b50\d Server Error"
)
"""How pip-audit ends where its service does not answer; any other end is an error."""

Json = dict[str, Any]


class Accepted(NamedTuple):
    """One advisory that is known and does not count until a day."""

    id: str
    package: str
    reason: str
    until: dt.date


class Unanswered(Exception):  # noqa: N818 - no error: lint goes on
    """No service told anything; the text says why."""


def main() -> None:
    """Audit all locks; exit with 1 and a line for each thing that must not stay so."""
    accepted = read_accepted(ACCEPTED.read_text(encoding="utf-8"))
    try:
        told = audited(sys.argv[1:])
    except Unanswered as reason:
        print(f"audit: not done: {reason}")
        return
    today = dt.datetime.now(dt.UTC).date()  # noqa: TID251 - acceptances end on a day
    if bad := [*complaints(told, accepted, today)]:
        sys.exit("audit:\n  " + "\n  ".join(bad))
    skipped = [each["name"] for each in told if "skip_reason" in each]
    print(f"audit: no known vulnerability in {len(told) - len(skipped)} packages")
    if skipped:
        print(f"audit: the service does not know {len(skipped)}: {', '.join(skipped)}")


def audited(arguments: Sequence[str]) -> list[Json]:
    """What pip-audit says of each package of all locks; Unanswered, or SystemExit on its errors."""
    flags = ["--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json"]
    requirements = [f"--requirement={ROOT / lock}" for lock in LOCKS]
    command = [
        *(sys.executable, "-m", "pip_audit", f"--timeout={SOCKET_TIMEOUT}"),
        *flags,
        *requirements,
        *arguments,
    ]
    try:
        done = subprocess.run(  # noqa: S603 - the locked pip-audit
            command, capture_output=True, text=True, check=False, timeout=WHOLE_TIMEOUT
        )
    except subprocess.TimeoutExpired:
        raise Unanswered(f"the vulnerability service took more than {WHOLE_TIMEOUT} s") from None
    if not done.stdout.strip():
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        if AWAY.search(last):
            raise Unanswered(f"the vulnerability service cannot be reached: {last}")
        sys.exit(f"audit: pip-audit ended with {done.returncode}:\n{done.stderr}")
    return known(json.loads(done.stdout)["dependencies"])


def known(dependencies: list[Json]) -> list[Json]:
    """Each package once; Unanswered where the service knows none of them.

    A mirror without the service answers 404, which pip-audit takes for a package that is not
    published, and for no vulnerability.
    """
    once = {each["name"]: each for each in dependencies}
    if all("skip_reason" in each for each in once.values()):
        raise Unanswered(f"the vulnerability service knows none of {len(once)} packages")
    return list(once.values())


def complaints(told: Iterable[Json], accepted: Sequence[Accepted], today: dt.date) -> Iterator[str]:
    """What must be mended: advisories that count, and acceptances that ended or mean nothing."""
    used: set[Accepted] = set()
    for package in told:
        for vulnerability in package.get("vulns", ()):
            ids = {vulnerability["id"], *vulnerability.get("aliases", ())}
            taken = [a for a in accepted if a.id in ids and a.package == package["name"]]
            used.update(taken)
            if not any(today <= each.until for each in taken):
                yield _described(package, vulnerability, taken)
    for each in accepted:
        if each not in used:
            yield f"{each.id} of {each.package} is accepted and not found: remove it"


def _described(package: Json, vulnerability: Json, taken: Sequence[Accepted]) -> str:
    fixed = ", ".join(vulnerability.get("fix_versions", ())) or "no release yet"
    ended = "".join(f"; accepted until {each.until}: {each.reason}" for each in taken)
    return f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}{ended}"


def read_accepted(text: str) -> list[Accepted]:
    """The entries of tools/audit-accepted.toml; SystemExit names one that is not whole."""
    entries = tomllib.loads(text).get("accepted", [])
    for number, entry in enumerate(entries, 1):
        whole = entry.keys() == set(Accepted._fields) and type(entry["until"]) is dt.date
        if not whole or not str(entry["reason"]).strip():
            sys.exit(f"{ACCEPTED.name}, entry {number}: id, package, reason and a day `until`")
    return [Accepted(**entry) for entry in entries]


if __name__ == "__main__":
    main()

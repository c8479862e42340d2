"""YAML is decoded as the API server decodes it: asked by dry runs of an object of any content.

Random documents are those of ASSESSOR_SEED; ASSESSOR_YAML says how many.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st

from assessor.adapters.manifests.places import UnreadableError
from assessor.adapters.manifests.streams import Document, Fault, decoded, documents
from playground.client import NO_ANSWER, Json
from playground.controlplane import ControlPlane
from tests.integration.kube import eventually
from tests.unit.adapters.manifests.yaml_texts import texts, values

EXAMPLES = int(os.environ.get("ASSESSOR_YAML", "300"))  # noqa: TID251 - the size of a test run
SEED = int(os.environ.get("ASSESSOR_SEED", "1"))  # noqa: TID251 - as above
GROUP = "yaml.example.com"
PROBES = f"/apis/{GROUP}/v1/namespaces/default/probes?dryRun=All&fieldValidation=Ignore"
HEAD = f"apiVersion: {GROUP}/v1\nkind: Probe\nmetadata: {{generateName: p-, namespace: default}}\n"
OK = 201
SERVED = 200
REFUSED = (400, 422)
BUSY = (429, 500, 503, 504)
"""What says nothing about the text: it is asked for again."""

ATTEMPTS = 5

_SCALARS = """
y Y yes Yes YES yEs true True TRUE tRUE on On ON n N no No NO false off OFF oFF null Null NULL
nULL ~ 0 -0 +0 00 1 +1 -1 01 010 08 09 -010 +010 0o17 0O17 -0o7 0x1F 0X1f -0x1 0b11 0B11 -0b11
0b2 0b+11 0b-11 1_000 1__0 0_7 0x_f _1 1_ 1. .5 -.5 +.5 ._5 .5_5 1.5 1.0 100.0 1e3 1E3 1e+3
1e-3 1.e3 .5e1 1e 1e400 -1e400 e3 .e3 1.2.3 12:30 190:20:30 2001-01-01 2001-1-1
2001-12-14t21:59:43.10-05:00 2001- 1234-5 .inf -.inf +.inf .Inf .nan .NaN inf nan
9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616
-9223372036854775808 -9223372036854775809 0xFFFFFFFFFFFFFFFF 0x1FFFFFFFFFFFFFFFF 1e20 1e21 1e22
123456789.123456789 0.1 1e-7 << = !!str+1 !!int+"3" !!int+x !!float+3 !!float+x !!bool+yes
!!bool+x !!null+~ !!null+x !!str+~ !!str !!binary+aGk= !!binary+a !!timestamp+2001-01-01
!!timestamp+x !a+1 !+1 !+"yes" !<tag:yaml.org,2002:int>+"7" "yes" '010' "" '' "\\x41\\u00e9\\/"
"a\\
"""
SCALARS = _SCALARS.split()
DOCUMENTS = (
    "a: 1\na: 2\n",
    "a: {b: 1, b: 2}\n",
    "? a\n: b\n",
    "? [a]\n: b\n",
    "~: a\n",
    "1: a\n1.5: b\n1e7: c\n0.00001: d\ntrue: e\n100000: f\n1234567.5: g\n",
    "18446744073709551615: a\n",
    "x: &x {a: 1, b: 2}\ny: {<<: *x, a: 3}\n",
    "x: &x {a: 1}\ny: {a: 3, <<: *x}\n",
    "x: &x {a: 1}\ny: {a: 3, '<<': *x}\n",
    "x: &x {a: 1}\nz: &z {a: 2, c: 3}\ny: {<<: [*x, *z]}\n",
    "x: &x [1]\ny: {<<: *x}\n",
    "x: &x 1\ny: &x 2\nz: *x\n",
    "x: *y\n",
    "x: &x [*x]\n",
    "a: b\n\tc: d\n",
    "a:\tb\n",
    "a: [1,\t2]\n",
    "a: |\n  text\n  more\nb: >-\n  folded\n  text\n\n  new\n",
    "a: text\n  goes on\n",
    "a: 'it''s'\n",
    'a: "\\ud83d\\ude00"\n',
    'a: "\\0"\n',
    "a: \x01\n",
    "a: \u0085b\n",
    "a: é\n",
    "a: @b\n",
    "a: %b\n",
    "a: b: c\n",
    "- a\n b\n",
    "a: [b\n",
    "a: !!set {b, c}\n",
    "a: !!omap [b: c]\n",
    "a: " + "[" * 30 + "]" * 30 + "\n",
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")


class Probes:
    """Asks the API server what it makes of a text."""

    def __init__(self, plane: ControlPlane) -> None:
        """Ask ``plane``."""
        self._plane = plane

    def value(self, content: bytes) -> Any:
        """The value of ``v`` as the API server has it; None where it refuses the object."""
        code, answer = self._asked(content)
        assert code in (OK, *REFUSED), answer
        return (_rounded(answer.get("v")),) if code == OK else None

    def _asked(self, content: bytes) -> tuple[int, Json]:
        """A connection may end while it is idle, and a server may have too much to do."""
        for _ in range(ATTEMPTS - 1):
            with suppress(*NO_ANSWER):
                code, answer = self._ask(content)
                if code not in BUSY:
                    return code, answer
            time.sleep(1)
        return self._ask(content)

    def _ask(self, content: bytes) -> tuple[int, Json]:
        return self._plane.request("POST", PROBES, content, content_type="application/yaml")


def ours(content: bytes) -> Any:
    """The same by our decoder."""
    try:
        found = list(documents(decoded(content)))
    except UnreadableError:
        return None
    (first,) = found or [Fault]
    return (_rounded(first.value.get("v")),) if isinstance(first, Document) else None


def _rounded(value: Any) -> Any:
    """Integers of more than 64 bits as the nearest float, which the API server makes of them.

    Not while it decodes YAML: JSON's numbers are that for objects of any content.
    """
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    big = isinstance(value, int) and abs(value) >= 2**63
    return float(value) if big else value


def under_v(text: str) -> bytes:
    """The text as the value of ``v``, in an object."""
    lines = "".join(f"  {line}\n" for line in text.split("\n"))
    return f"{HEAD}v:\n{lines}".encode()


@pytest.fixture(scope="module")
def probes(plane: ControlPlane) -> Iterator[Probes]:
    """A kind whose objects may hold anything."""
    crd: Json = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"probes.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": "Probe", "plural": "probes"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "x-kubernetes-preserve-unknown-fields": True,
                        }
                    },
                }
            ],
        },
    }
    plane.apply([crd])
    asked = Probes(plane)
    eventually(lambda: plane.request("GET", PROBES)[0] == SERVED, what="probes are served")
    yield asked
    plane.delete([crd])


@pytest.mark.parametrize("scalar", SCALARS)
def test_ambiguous_scalars(probes: Probes, scalar: str) -> None:
    """In a list, as a value and as a key; a plus in the table stands for a space."""
    text = scalar.replace("+", " ", 1) if scalar.startswith("!") else scalar
    for made in (f"- {text}", f"a: {text}", f"{text}: a"):
        assert repr(ours(under_v(made))) == repr(probes.value(under_v(made))), made


@pytest.mark.parametrize("text", DOCUMENTS)
def test_structures(probes: Probes, text: str) -> None:
    """Repeated keys, merges, anchors, tabs, block scalars and what is refused."""
    assert ours(under_v(text)) == probes.value(under_v(text))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(probes: Probes, encoding: str) -> None:
    """A byte order mark says which it is, and belongs to no value."""
    content = f"{HEAD}v: é\n".encode(encoding)
    assert ours(content) == probes.value(content) == ("é",)


@seed(SEED)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.one_of(texts(), st.builds("- {}".format, values)))
@pytest.mark.timeout(0)
def test_random_documents(probes: Probes, text: str) -> None:
    """Both read it alike, or neither does."""
    note(f"ASSESSOR_SEED={SEED}")
    content = under_v(text)
    assert ours(content) == probes.value(content)

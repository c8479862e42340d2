"""Credentials in literals: what is taken for one, and that none outlives its decoding."""

import base64
import json
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assessor.inventory.containers import Exposure
from assessor.inventory.credentials import ConfigMap, SecretMaker, SourceSecret
from assessor.inventory.decoding import Interner, ListPage, decode_list
from assessor.inventory.decoding.credentials import (
    BY_NAME,
    LONGEST_BLOCK,
    in_arguments,
    in_data,
    in_environment,
    kind_of,
)
from assessor.inventory.kinds import CORE_KINDS, OPTIONAL_KINDS, SOURCE_KINDS

SOURCE = Path(__file__).parents[3] / "operator"
KINDS = {kind.kind: kind for kind in (*OPTIONAL_KINDS, *SOURCE_KINDS, *CORE_KINDS)}


def token(*parts: Any) -> str:
    """A JSON Web Token of these parts, signed by nobody."""
    encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode() for p in parts]
    return ".".join(part.rstrip("=") for part in (*encoded, "c2lnbmF0dXJlLW9mLW5vYm9keQ"))


ACCESS_KEY = "AKIA" + "Q3EGRTYW5MLXPZ7D"
JWT = token({"alg": "HS256", "typ": "JWT"}, {"sub": "1234567890"})
PRIVATE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEogIBAAKCAQEA1234567890abcdef\n"
CERTIFICATE = f"-----BEGIN CERTIFICATE-----\n{'MIIDdzCC' * 400}\n-----END CERTIFICATE-----\n"


def decoded(kind: str, *objects: dict[str, Any], interner: Interner | None = None) -> ListPage:
    """A page of objects, named and placed."""
    items = [
        {"metadata": {"name": f"o{n}", "namespace": "example", "uid": str(n)}} | each
        for n, each in enumerate(objects)
    ]
    body = json.dumps({"metadata": {"resourceVersion": "1"}, "items": items}).encode()
    return decode_list(KINDS[kind], body, interner)


@pytest.mark.parametrize(
    ("name", "value", "looks_like"),
    [
        ("DB_PASSWORD", "hunter2", BY_NAME),
        ("dbPassword", "hunter2", BY_NAME),
        ("PGPASSWORD", "x1", BY_NAME),
        ("API_KEY", "abc123", BY_NAME),
        ("VAULT_SECRET_ID", "7d0e3a", BY_NAME),
        ("ANYTHING", ACCESS_KEY, "AWS Access Key"),
        ("ANYTHING", JWT, "JSON Web Token"),
        ("DSN", "postgres://app:pw12345@db/app", "Basic Auth Credentials"),
        ("SSH", PRIVATE_KEY, "Private Key"),
    ],
)
def test_what_is_taken_for_a_credential(name: str, value: str, looks_like: str) -> None:
    """By its shape, and else by its name."""
    assert list(in_environment([("A", None), (name, value)])) == [
        Exposure("env[1].value", name, looks_like)
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "$(FROM_ELSEWHERE)"),
        ("DB_PASSWORD", "${FROM_ELSEWHERE}"),
        ("DB_PASSWORD", "<change me>"),
        ("DB_PASSWORD", "{{ .Values.password }}"),
        ("DB_PASSWORD", "********"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "true"),
        ("DB_PASSWORD_FILE", "/run/secrets/db"),
        ("DB_PASSWORD", "/run/secrets/db"),
        ("SECRET_NAME", "db"),
        ("SECRET_STORE", "vault"),
        ("TOKEN_TTL", "3600"),
        ("TOKEN_URL", "https://login.example.com/token"),
        ("CLIENT_ID", "b7c9d1"),
        ("PUBLIC_KEY", "abc"),
        ("MONKEY", "banana"),
        ("KEYCLOAK_URL", "https://login.example.com"),
        ("DSN", "postgres://app:$(PASSWORD)@db/app"),
        ("IMAGE", "app@sha256:" + "0123456789abcdef" * 4),
        ("COMMIT", "0123456789abcdef0123456789abcdef01234567"),
        ("POD_UID", "6d5c1c3e-1234-4abc-8def-123456789012"),
        ("CA", CERTIFICATE),
    ],
)
def test_what_is_not(name: str, value: str) -> None:
    """References, placeholders, facts about secrets, identifiers and what is public."""
    assert kind_of(name, value) is None


def test_arguments_are_judged_word_by_word() -> None:
    """With the option's name, whichever way it is given."""
    words = [
        "--password=hunter2",
        "--token",
        "abcdef",
        "--token-file",
        "/etc/token",
        "export PASSWORD=hunter2; run",
        "--password",
        "$(PASSWORD)",
        "--verbose",
        ACCESS_KEY,
    ]
    found = [(each.field, each.name) for each in in_arguments(words, "args")]
    assert found == [
        ("args[0]", "password"),
        ("args[1]", "token"),
        ("args[5]", "PASSWORD"),
        ("args[9]", "args"),
    ]


def test_files_in_config_maps_are_read_line_by_line() -> None:
    """YAML, properties and JSON alike; each name once."""
    data = {
        "application.yaml": "db:\n  user: app\n  password: hunter2\n  token: ${TOKEN}\n",
        "app.properties": "db.password=hunter2\n# a comment\ndb.password=hunter3\n",
        "app.json": '{\n  "apiKey": "abc123",\n  "n": 1\n}\n',
        "password": "hunter2",
        "ca.crt": CERTIFICATE * 3,
        "id_rsa": PRIVATE_KEY,
        "mode": "fast",
    }
    found = {(each.field, each.name, each.looks_like) for each in in_data(data)}
    assert found == {
        ("data['application.yaml']", "password", BY_NAME),
        ("data['app.properties']", "db.password", BY_NAME),
        ("data['app.json']", "apiKey", BY_NAME),
        ("data['password']", "password", BY_NAME),
        ("data['id_rsa']", "id_rsa", "Private Key"),
    }


def test_no_value_outlives_its_decoding() -> None:
    """Neither in a view nor in what the interner remembers."""
    value = f"hunter{secrets.token_hex(8)}"
    interner = Interner()
    container = {
        "name": "a",
        "env": [{"name": "DB_PASSWORD", "value": value}],
        "args": [f"--password={value}", "--token", value],
        "command": ["sh", "-c", f"TOKEN={value} run"],
    }
    pods = decoded("Pod", {"spec": {"containers": [container]}}, interner=interner)
    maps = decoded("ConfigMap", {"data": {"f": f"a: 1\npassword: {value}\n", "password": value}})
    sources = decoded("Secret", {"stringData": {"password": value}})
    records = repr((pods.records, maps.records, sources.records))
    assert records.count("looks_like") == 6
    assert value not in records + repr(vars(interner))


def test_what_is_malformed_is_told_without_values() -> None:
    """Where the shape is wrong, the message names the place and the type."""
    value = f"hunter{secrets.token_hex(8)}"
    page = decoded("ConfigMap", {"data": {"password": [value]}}, {"data": value})
    assert len(page.malformed) == 2
    assert value not in repr(page)


@pytest.mark.parametrize(
    "text",
    [
        "eyJ" * 60_000,
        "BEGIN PRIVATE KEY-" + "A\n" * 90_000,
        "account_key " * 15_000,
        "azure\n" * 30_000,
        "- " * 90_000,
        "x://" * 45_000,
        "a=b;" * 45_000,
        "aws" * 60_000,
        "password: \n" * 15_000,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long(text: str) -> None:
    """Whoever writes ConfigMaps must not be able to hold up the operator."""
    begun = time.process_time()
    list(in_data({"text": text}))
    list(in_arguments([text], "args"))
    assert time.process_time() - begun < 5


def test_the_library_is_loaded_when_it_is_first_needed() -> None:
    """And not by decoding what holds nothing that looks like a credential."""
    lines = (
        "import sys",
        "import assessor.controller.operator",
        "from assessor.inventory.decoding.credentials import kind_of",
        "assert kind_of('MODE', 'fast') is None",
        "print('detect_secrets' in sys.modules)",
        "assert kind_of('DB_PASSWORD', 'hunter2')",
        "print('detect_secrets' in sys.modules)",
    )
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("kind", "spec", "names"),
    [
        ("SealedSecret", {"encryptedData": {"a": "b"}}, ("o0",)),
        ("SealedSecret", {"template": {"metadata": {"name": "db"}}}, ("db",)),
        ("ExternalSecret", {"target": {"name": "db"}}, ("db",)),
        ("ExternalSecret", {"target": {"creationPolicy": "Owner"}}, ("o0",)),
        ("VaultStaticSecret", {"destination": {"name": "db", "create": True}}, ("db",)),
        ("Certificate", {"secretName": "tls"}, ("tls",)),
        ("SecretProviderClass", {"secretObjects": [{"secretName": "a"}]}, ("a",)),
        ("SopsSecret", {"secretTemplates": [{"name": "a"}, {"name": "b"}]}, ("a", "b")),
        ("OnePasswordItem", {"itemPath": "vaults/x"}, ("o0",)),
    ],
)
def test_makers_name_their_secrets(kind: str, spec: dict[str, Any], names: tuple[str, ...]) -> None:
    """As each kind spells it; without a name it is the maker's own."""
    (maker,) = decoded(kind, {"spec": spec}).records
    assert isinstance(maker, SecretMaker)
    assert (maker.kind, maker.secrets) == (kind, names)


def test_secrets_in_files_are_known_by_their_keys() -> None:
    """Those that have a value; SOPS leaves its mark."""
    page = decoded(
        "Secret",
        {"data": {"a": "eA==", "b": ""}, "stringData": {"c": "x"}},
        {"type": "kubernetes.io/tls", "data": None, "sops": {"version": "3"}},
    )
    first, second = page.records
    assert isinstance(first, SourceSecret)
    assert isinstance(second, SourceSecret)
    assert (first.type, first.keys, first.sealed) == ("Opaque", ("a", "c"), False)
    assert (second.type, second.keys, second.sealed) == ("kubernetes.io/tls", (), True)


def binary(content: bytes) -> dict[str, Any]:
    """A ConfigMap with an entry of binaryData, which Go reads with line ends in it."""
    return {"binaryData": {"f": base64.encodebytes(content).decode(), "none": None}}


def test_binary_data_that_is_text_is_looked_at() -> None:
    """Base64 hides nothing: keys are put there as often as images are."""
    value = f"hunter{secrets.token_hex(8)}"
    text = f"a: 1\npassword: {value}\n"
    page = decoded("ConfigMap", binary(PRIVATE_KEY.encode()), binary(text.encode()))
    found = [each.exposures for each in page.records if isinstance(each, ConfigMap)]
    ((key,), (password,)) = found
    assert (key.field, key.looks_like) == ("binaryData['f']", "Private Key")
    assert (password.name, password.looks_like) == ("password", BY_NAME)
    assert value not in repr(page)


def test_binary_data_that_is_no_text_is_left_alone() -> None:
    """Though a detector would find something in it."""
    page = decoded("ConfigMap", binary(b"\xff\xfe" + PRIVATE_KEY.encode()))
    assert [each.exposures for each in page.records if isinstance(each, ConfigMap)] == [()]


def test_what_is_no_base64_is_malformed() -> None:
    """The API server refuses it; a part of it must not pass for the whole."""
    page = decoded("ConfigMap", {"binaryData": {"f": "hunter!"}})
    (told,) = page.malformed
    assert told.message == "binaryData['f'] is no base64"


def test_config_maps_without_credentials_hold_nothing() -> None:
    """Only metadata is left of them."""
    (record,) = decoded(
        "ConfigMap", {"data": {"a": "b" * 1000}, "binaryData": {"x": "AA=="}}
    ).records
    assert isinstance(record, ConfigMap)
    assert record.exposures == ()


SLOW = {
    "line ends": "\n",
    "marked line ends": "\n- ",
    "blanks": "password: x" + " " * 16_000 + "y",
    "artifacts": "artif",
    "artifacts elsewhere": "JFrog x",
    "tokens": "eyJ",
    "expiry": "expir",
    "certificates": "-----BEGIN CERTIFICATE-----",
}


@pytest.mark.parametrize("unit", SLOW.values(), ids=SLOW)
def test_no_text_takes_for_ever(unit: str) -> None:
    """A pattern that goes to and fro on one of these takes minutes to hours, not a moment."""
    text = (unit * 500_000)[:500_000] + "-"
    tuple(in_data({"key": text, f"{text}_password": "x"}))
    tuple(in_arguments([text, f"--{text}=abcdef"], "args"))
    tuple(in_environment([(text, "value"), ("PASSWORD", text)]))


def test_a_long_name_tells_by_its_end() -> None:
    """What it begins with may be anything."""
    assert kind_of("x" * 5000 + "_PASSWORD", "hunter2abc") == BY_NAME


@pytest.mark.parametrize("secret", [ACCESS_KEY, JWT, PRIVATE_KEY])
def test_no_credential_hides_where_a_long_text_is_cut(secret: str) -> None:
    """Wherever it stands, and with nothing after it."""
    for before in range(LONGEST_BLOCK - 200, LONGEST_BLOCK + 40, 20):
        text = ("x " * LONGEST_BLOCK)[:before] + f"\n{secret}"
        for more in ("", "\n" + "y " * LONGEST_BLOCK):
            assert [each.field for each in in_data({"a": text + more})] == ["data['a']"]

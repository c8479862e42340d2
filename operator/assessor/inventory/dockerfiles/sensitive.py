"""Files that no image and no build context should have, by their names."""

import re
from collections.abc import Iterator
from fnmatch import translate
from posixpath import basename

HISTORY = "version history"
ENVIRONMENT = "environment files"
KEYS = "private keys"
CREDENTIALS = "credentials"

_EXAMPLES = (".example", ".sample", ".template", ".dist", ".schema", ".defaults", ".tmpl")

_PATTERNS = {
    ENVIRONMENT: (".env", ".env.*", "*.env"),
    KEYS: (
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        "*.key",
        "*.p12",
        "*.pfx",
        "*.jks",
        "*.keystore",
        "*.ppk",
        "*_rsa",
        "*private*.pem",
        "*-key.pem",
        "*_key.pem",
        "key.pem",
        "privkey*.pem",
    ),
    CREDENTIALS: (
        ".npmrc",
        ".yarnrc.yml",
        ".pypirc",
        ".netrc",
        "_netrc",
        ".git-credentials",
        ".htpasswd",
        ".dockercfg",
        ".pgpass",
        ".my.cnf",
        ".boto",
        "kubeconfig",
        "*.kubeconfig",
        "*.tfstate",
        "*.tfvars",
        "credentials.json",
        "service-account*.json",
        "service_account*.json",
        "application_default_credentials.json",
    ),
}
"""Patterns of a file's own name, by sort."""

_COMPILED = {
    sort: re.compile("|".join(map(translate, patterns))) for sort, patterns in _PATTERNS.items()
}

_PATHS = {
    CREDENTIALS: (
        ".aws/credentials",
        ".docker/config.json",
        ".kube/config",
        ".config/gcloud",
        ".azure",
        ".gem/credentials",
        ".m2/settings.xml",
        ".cargo/credentials.toml",
        ".cargo/credentials",
    ),
    KEYS: (".ssh", ".gnupg"),
    HISTORY: (".git", ".hg", ".svn"),
}
"""Ends of paths, by sort; what is in such a folder counts, too."""

PROBES = {HISTORY: (".git/config",), ENVIRONMENT: (".env",), KEYS: ("id_rsa", "server.key")}
"""Paths that an ignore file should leave out, by sort, whether they are there or not."""


def sort_of(path: str) -> str | None:
    """What sort of file a path's name tells, None where it tells nothing."""
    return next(_sorts(path.strip("/")), None)


def _sorts(path: str) -> Iterator[str]:
    name = basename(path)
    if name.endswith((*_EXAMPLES, ".pub", ".crt", ".md")):
        return
    whole = f"/{path}/"
    for sort, ends in _PATHS.items():
        if any(f"/{end}/" in whole for end in ends):
            yield sort
    for sort, pattern in _COMPILED.items():
        if pattern.fullmatch(name):
            yield sort

"""The detector library, imported when a literal first looks worth asking about.

Only its patterns are used: ``analyze_string`` is a pure function of its argument. Nothing is
verified against a service, and what it yields is looked at and dropped. Importing it costs 5 MiB
in the operator and 0.15 s, most of it for the HTTP client that its verification would use.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import islice
from typing import Protocol

DETECTORS = {
    "artifactory": "ArtifactoryDetector",
    "aws": "AWSKeyDetector",
    "azure_storage_key": "AzureStorageKeyDetector",
    "basic_auth": "BasicAuthDetector",
    "discord": "DiscordBotTokenDetector",
    "github_token": "GitHubTokenDetector",
    "jwt": "JwtTokenDetector",
    "mailchimp": "MailchimpDetector",
    "npm": "NpmDetector",
    "private_key": "PrivateKeyDetector",
    "sendgrid": "SendGridDetector",
    "slack": "SlackDetector",
    "square_oauth": "SquareOAuthDetector",
    "stripe": "StripeDetector",
    "twilio": "TwilioKeyDetector",
}
"""Class by module. Not those that measure entropy: digests, hashes and identifiers abound in
manifests, and are what those detectors would find."""


CRAMMED = {
    "jwt": (re.compile("eyJ"), 64),
    "artifactory": (re.compile("artif|jfrog|buildkit", re.IGNORECASE), 8),
}
"""How often a text may hold what a detector's pattern begins with. These patterns read on from each
place, that of Artifactory in up to 10,000 ways: a megabyte of `artif` took it two minutes."""


class Detector(Protocol):
    """What is used of a plugin."""

    secret_type: str

    def analyze_string(self, string: str) -> Iterable[str]:
        """The secrets within a text."""


def matches(text: str) -> Iterator[tuple[str, str]]:
    """What each detector finds in a text: what it is, and the secret itself, not to be kept."""
    for name, detector in _detectors().items():
        if name in CRAMMED and _is_crammed(text, *CRAMMED[name]):
            continue
        for secret in detector.analyze_string(text):
            yield detector.secret_type, secret


def _is_crammed(text: str, start: re.Pattern[str], most: int) -> bool:
    return sum(1 for _ in islice(start.finditer(text), most + 1)) > most


def is_keyword_for_secret(name: str) -> bool:
    """Whether the library takes what is assigned to ``name`` for a secret."""
    keyword = import_module("detect_secrets.plugins.keyword")
    patterns: Mapping[object, int] = keyword.CONFIG_DENYLIST_REGEX_TO_GROUP
    return any(keyword.KeywordDetector().analyze_string(f"{name}: some-value", patterns))


def is_placeholder(secret: str) -> bool:
    """Whether the library knows it for what stands in a secret's place."""
    heuristic = import_module("detect_secrets.filters.heuristic")
    return bool(
        heuristic.is_templated_secret(secret)
        or heuristic.is_prefixed_with_dollar_sign(secret)
        or heuristic.is_not_alphanumeric_string(secret)
    )


@cache
def _detectors() -> dict[str, Detector]:
    modules = {name: import_module(f"detect_secrets.plugins.{name}") for name in DETECTORS}
    return {name: getattr(modules[name], wanted)() for name, wanted in DETECTORS.items()}

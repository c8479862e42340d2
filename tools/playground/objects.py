"""Objects from manifests, applied to and deleted from an API server as `kubectl apply -f` does."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from playground.client import Client, Json
from playground.errors import PlaygroundError

APPLY = "?fieldManager=playground&force=true&fieldValidation=Strict"
SERVER_SIDE_APPLY = "application/apply-patch+yaml"
CREATED = (200, 201)
ABSENT = 404
FORBIDDEN = 403
PATIENCE = 10.0
"""Seconds that what controllers do meanwhile may take: a default service account, a served CRD."""


def load(*paths: Path) -> list[Json]:
    """All documents of the files, in their order."""
    return [
        document
        for path in paths
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
        if document
    ]


class Applier:
    """Knows where each kind lives, by asking the API server."""

    def __init__(self, client: Client) -> None:
        """Everything is asked of ``client``."""
        self._client = client
        self._resources: dict[tuple[str, str], Json] = {}

    def apply(self, objects: Iterable[Json]) -> None:
        """Apply in the given order; a CRD is waited for until its kind is served."""
        for manifest in objects:
            self._apply(manifest)
            if manifest["kind"] == "CustomResourceDefinition":
                self._wait_established(manifest)

    def delete(self, objects: Iterable[Json]) -> None:
        """Delete in the given order, in the background; what is absent is fine."""
        for manifest in objects:
            code, answer = self._client.request("DELETE", self.path(manifest))
            if code not in (200, 202, ABSENT):
                raise PlaygroundError(f"{_named(manifest)} is not deleted: {code} {_told(answer)}")

    def path(self, manifest: Json) -> str:
        """Where the object lives; one without a namespace of its own lives in ``default``."""
        api_version, meta = manifest["apiVersion"], manifest["metadata"]
        resource = self._resource(api_version, manifest["kind"])
        root = _root(api_version)
        if resource["namespaced"]:
            root += f"/namespaces/{meta.get('namespace', 'default')}"
        return f"{root}/{resource['name']}/{meta['name']}"

    def _apply(self, manifest: Json) -> None:
        path = self.path(manifest) + APPLY
        deadline = time.monotonic() + PATIENCE
        while True:
            code, answer = self._client.request(
                "PATCH", path, manifest, content_type=SERVER_SIDE_APPLY
            )
            if code in CREATED:
                return
            # A bare pod is refused until its namespace's service account was made.
            if code != FORBIDDEN or time.monotonic() > deadline:
                raise PlaygroundError(f"{_named(manifest)} is refused: {code} {_told(answer)}")
            time.sleep(0.05)

    def _resource(self, api_version: str, kind: str) -> Json:
        if (api_version, kind) not in self._resources:
            _, answer = self._client.request("GET", _root(api_version))
            for resource in answer.get("resources", ()):
                if "/" not in resource["name"]:
                    self._resources[api_version, resource["kind"]] = resource
        try:
            return self._resources[api_version, kind]
        except KeyError:
            raise PlaygroundError(f"the API server serves no {kind} in {api_version}") from None

    def _wait_established(self, crd: Json) -> None:
        deadline = time.monotonic() + PATIENCE
        spec = crd["spec"]
        version = f"{spec['group']}/{spec['versions'][0]['name']}"
        collection = f"/apis/{version}/{spec['names']['plural']}"
        while self._client.request("GET", collection)[0] != 200:  # noqa: PLR2004 - HTTP's OK
            if time.monotonic() > deadline:
                _, answer = self._client.request("GET", self.path(crd))
                told = answer.get("status", {}).get("conditions")
                raise PlaygroundError(f"{_named(crd)} is not served: {told}")
            time.sleep(0.02)


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _named(manifest: Json) -> str:
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def _told(answer: Any) -> str:
    return str(answer.get("message", answer))

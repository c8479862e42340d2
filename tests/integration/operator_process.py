"""The operator as a test sees it: as in a pod, and its tokens can be revoked before they expire."""

import sys

from playground.controlplane import ControlPlane
from playground.operator_process import ACCOUNT, NAMESPACE, TOKEN_SECONDS, OperatorProcess

SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"


NAMELESS = "import sys; sys.modules['pwd'] = None; from assessor.cli.main import main; main()"
"""`assessor` for whom no name is found: a container's numeric user has no entry in passwd."""


class OperatorUnderTest(OperatorProcess):
    """Each of its tokens is bound to a Secret, and ends with it (KEP-1205)."""

    def __init__(self, plane: ControlPlane, *flags: str) -> None:
        """As OperatorProcess."""
        super().__init__(plane, *flags, program=(sys.executable, "-c", NAMELESS))
        self._bound_to: list[str] = []

    def rotate_token(self) -> None:
        """Replace the token in the file; the one before stays good until it is revoked."""
        name = f"operator-token-{len(self._bound_to)}"
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
        code, made = self.plane.request("POST", SECRETS, secret)
        assert code == 201, made
        reference = {
            "apiVersion": "v1",
            "kind": "Secret",
            "name": name,
            "uid": made["metadata"]["uid"],
        }
        self._put_token(
            self.plane.service_account_token(NAMESPACE, ACCOUNT, TOKEN_SECONDS, reference)
        )
        self._bound_to.append(name)

    def revoke_previous_token(self) -> None:
        """End the token that was in the file before the last rotation."""
        code, answer = self.plane.request("DELETE", f"{SECRETS}/{self._bound_to[-2]}")
        assert code == 200, answer

"""Random trouble for the operator: faults on its connections, kills, and a history forgotten."""

import random
from collections.abc import Callable
from contextlib import ExitStack

from playground.controlplane import ControlPlane
from playground.operator_process import OperatorProcess
from tests.faults.faults import (
    Delay,
    Expire,
    Fault,
    Garble,
    LoseAnswer,
    Refuse,
    Reset,
    Silence,
    SmallPages,
    Truncate,
)
from tests.faults.proxy import Proxy

FAULTS: dict[str, Callable[[], Fault]] = {
    "delay": lambda: Delay(0.3),
    "reset": Reset,
    "answer lost": LoseAnswer,
    "silence": Silence,
    "truncated": Truncate,
    "garbled": Garble,
    "expired event": Expire,
    "small pages": lambda: SmallPages(2),
    "401": lambda: Refuse(401, "Unauthorized"),
    "403": lambda: Refuse(403, "Forbidden"),
    "410": lambda: Refuse(410, "Expired"),
    "429": lambda: Refuse(429, "TooManyRequests", retry_after=1),
    "500": lambda: Refuse(500, "InternalError"),
}
PLACES = (
    "",
    r"/networkpolicies\?",
    r"/securityassessments\?",
    r"/status\?",
    "/events",
    r"/pods\?",
    r"/(cluster)?rolebindings\?",
    "/serviceaccounts",
)
LONGEST = 40
"""Steps that a fault lasts at most."""


class Trouble:
    """Begins troubles, and ends each after some steps."""

    def __init__(
        self, plane: ControlPlane, proxy: Proxy, operator: OperatorProcess, dice: random.Random
    ) -> None:
        """All randomness is of ``dice``."""
        self._plane, self._proxy, self._operator = plane, proxy, operator
        self._dice = dice
        self._lasting: list[tuple[int, ExitStack]] = []
        self.kinds: dict[str, int] = {}
        """How often each kind came."""

    def begin(self, *, kills: bool) -> str:
        """Begin one, and say which; ``kills``: whether the operator may be killed too."""
        draw = self._dice.random()
        if draw < 0.04:
            return self._kill_api_server()
        if draw < 0.08:
            self._plane.compact()
            return self._counted("compacted")
        if draw < 0.16:
            # Drawn all the same where it must live, so that the numbers that follow are the same.
            return self._kill_operator() if kills else "nothing"
        if draw < 0.36:
            self._proxy.cut(self._dice.choice(PLACES))
            return self._counted("connections cut")
        return self._fault()

    def pass_step(self) -> None:
        """A step has gone by: what has lasted long enough ends."""
        self._lasting = [(left - 1, fault) for left, fault in self._lasting]
        for left, fault in self._lasting:
            if left <= 0:
                fault.close()
        self._lasting = [each for each in self._lasting if each[0] > 0]

    def end(self) -> None:
        """End all of it."""
        for _, fault in self._lasting:
            fault.close()
        self._lasting = []
        # What hangs would hang until the client's own patience ends.
        self._proxy.cut()

    def _fault(self) -> str:
        name, place = self._dice.choice(list(FAULTS)), self._dice.choice(PLACES)
        held = ExitStack()
        held.enter_context(self._proxy.inject(FAULTS[name](), path=place))
        self._lasting.append((self._dice.randint(1, LONGEST), held))
        # Open watches must meet it as well.
        self._proxy.cut(place)
        return f"{self._counted(name)} on {place or 'everything'}"

    def _kill_api_server(self) -> str:
        self._plane.stop_api_server()
        self._plane.start_api_server()
        return self._counted("API server killed")

    def _kill_operator(self) -> str:
        self._operator.kill()
        # It cannot be seen to be ready through a proxy that is broken.
        self.end()
        self._operator.start()
        return self._counted("operator killed")

    def _counted(self, kind: str) -> str:
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return kind

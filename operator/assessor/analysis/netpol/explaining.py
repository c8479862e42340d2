"""Why one connection is allowed or denied: which policy and which rule decides, on each side."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from assessor.analysis.netpol.evaluator import Evaluator, Place
from assessor.analysis.netpol.portsets import NO_NAMES, NamedPorts, PortSet
from assessor.analysis.netpol.rules import Remote
from assessor.analysis.netpol.sides import Side
from assessor.analysis.policies import Direction, includes
from assessor.analysis.spans import intersect
from assessor.inventory.admin_network import Action
from assessor.inventory.network import NetworkPolicy


class Fate(StrEnum):
    """What becomes of a connection, as far as policies tell."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


class Reason(Struct, frozen=True):
    """What one side does with a connection; ``told`` says why, a line each."""

    direction: Direction
    subject: str
    fate: Fate
    told: tuple[str, ...]


class Explanation(Struct, frozen=True):
    """Both sides, and what follows."""

    source: str
    destination: str
    egress: Reason
    ingress: Reason

    @property
    def fate(self) -> Fate:
        """Denied where one side denies it, allowed where both allow it."""
        fates = {self.egress.fate, self.ingress.fate}
        if Fate.DENIED in fates:
            return Fate.DENIED
        return Fate.UNKNOWN if Fate.UNKNOWN in fates else Fate.ALLOWED


class End(Struct, frozen=True):
    """One end of a connection: its name, and its class of pods or its address."""

    name: str
    place: Place


class _Ends(Struct, frozen=True):
    """Whose policies are looked at, and with whom it talks."""

    subject: End
    other: End


def explain(evaluator: Evaluator, source: End, destination: End, port: PortSet) -> Explanation:
    """Why ``source`` may or may not connect to one port of ``destination``."""
    return Explanation(
        source.name,
        destination.name,
        _reason(evaluator, Direction.EGRESS, source, destination, port),
        _reason(evaluator, Direction.INGRESS, source, destination, port),
    )


def _reason(
    evaluator: Evaluator, direction: Direction, source: End, destination: End, port: PortSet
) -> Reason:
    outward = direction is Direction.EGRESS
    subject, other = (source, destination) if outward else (destination, source)
    verdict = (
        evaluator.egress(source.place, destination.place)
        if outward
        else evaluator.ingress(source.place, destination.place)
    )
    if intersect(verdict.certain, port):
        fate = Fate.ALLOWED
    else:
        fate = Fate.UNKNOWN if intersect(verdict.possible, port) else Fate.DENIED
    told = tuple(dict.fromkeys(_told(evaluator, direction, _Ends(subject, other), port)))
    return Reason(direction, subject.name, fate, told)


def _told(evaluator: Evaluator, direction: Direction, ends: _Ends, port: PortSet) -> Iterator[str]:
    subject, other = ends.subject.place, ends.other.place
    if isinstance(subject, tuple):
        yield "outside of the cluster: no policy judges it"
        return
    side = evaluator.side(subject, direction)
    if side.exempt:
        yield "on its node's network: no policy reaches it"
        return
    if side.opaque:
        yield "a policy in another engine's language may apply: it is not evaluated"
    inward = direction is Direction.INGRESS
    names = _names(evaluator, subject if inward else other)
    remotes = evaluator.remotes(side, other)
    isolating = _isolating(evaluator, subject, direction)
    for way in side.ways:
        for remote in remotes:
            line = _line(way, remote, names, port, isolating)
            yield f"{_supposed(remote)}: {line}" if len(remotes) > 1 else line
    if len(side.ways) > 1:
        yield "policies of the cluster have equal priorities: which of them counts is not defined"
    if not isinstance(other, tuple) and evaluator.classes.all[other].host_network:
        yield "the other end may be on the pod's own node, which is always allowed"


def _names(evaluator: Evaluator, place: Place) -> NamedPorts:
    return NO_NAMES if isinstance(place, tuple) else evaluator.classes.all[place].names


def _line(
    side: Side,
    remote: Remote,
    names: NamedPorts,
    port: PortSet,
    isolating: list[NetworkPolicy],
) -> str:
    """What decides, if the other end is what ``remote`` says."""
    rules = list(side.decisive(remote, names, port))
    passed = "".join(f"{rule.source} passes it on; " for rule, decides in rules if not decides)
    if rules and rules[-1][1]:
        rule = rules[-1][0]
        verb = "denies" if rule.action is Action.DENY else "allows"
        return f"{passed}{rule.source} {verb} it"
    if isolating:
        named = ", ".join(f"{each.meta.namespace}/{each.meta.name}" for each in isolating)
        return f"{passed}isolated by {named}, {_missing(side, remote)}"
    return f"{passed}no policy denies it"


def _missing(side: Side, remote: Remote) -> str:
    """What does not fit of the rules that might have allowed it."""
    if not side.rules:
        return "which have no rules"
    meant = [rule for rule in side.rules if rule.matches(remote)]
    if not meant:
        return "none of whose rules means the other end"
    return "of whose rules none has that port: " + ", ".join(str(rule.source) for rule in meant)


def _supposed(remote: Remote) -> str:
    if remote.undetermined:
        return "if that address is of a node, or behind a domain name, that a rule names"
    if remote.bit and remote.address:
        family, value = remote.address
        where = f"at or after {family.shown(value)}"
        looked = "looks" if remote.in_ip_blocks else "does not look"
        return f"if the pod's address is {where} and the network plugin {looked} for it in ipBlocks"
    if remote.address:
        family, value = remote.address
        return f"if the address is at or after {family.shown(value)}"
    return "otherwise"


def _isolating(evaluator: Evaluator, number: int, direction: Direction) -> list[NetworkPolicy]:
    namespace = evaluator.classes.all[number].namespace
    return [
        policy
        for bits, policy in evaluator.policies_in(namespace)
        if bits >> number & 1 and includes(policy, direction)
    ]

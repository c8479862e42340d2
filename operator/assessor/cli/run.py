"""`assessor run`: the operator."""

import asyncio
import faulthandler
import os
import socket
from collections.abc import Callable
from enum import EnumType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click
from pydantic.fields import FieldInfo

from assessor.controller.settings import ENVIRONMENT_PREFIX, Settings, load
from assessor.kernel.errors import SettingsError

if TYPE_CHECKING:
    from assessor.controller.leadership import Seat

STANDARD_ERROR = 2
"""Its file descriptor."""


def _option(name: str, field: FieldInfo) -> Callable[[Any], Any]:
    """One flag from one field of the settings: name, environment, default, help, choices."""
    choices = getattr(field.annotation, "__members__", None)
    flag = "--" + name.replace("_", "-")
    if field.annotation is bool:
        return click.option(
            f"{flag}/--no-{flag[2:]}",
            name,
            envvar=f"{ENVIRONMENT_PREFIX}_{name.upper()}",
            show_envvar=True,
            default=field.default,
            help=field.description,
        )
    return click.option(
        flag,
        name,
        envvar=f"{ENVIRONMENT_PREFIX}_{name.upper()}",
        show_envvar=True,
        default=None if field.default is None else str(field.default),
        show_default=field.default is not None,
        help=field.description,
        type=click.Choice([item.value for item in field.annotation])
        if isinstance(field.annotation, EnumType) and choices
        else str,
    )


def _settings_options(command: Callable[..., None]) -> Callable[..., None]:
    for name, field in reversed(Settings.model_fields.items()):
        command = _option(name, field)(command)
    return command


@click.command()
@_settings_options
def run(**values: str | bool | None) -> None:
    """Run the operator: watch the cluster, judge, write statuses and Events."""
    settings = load({name: value for name, value in values.items() if value is not None})
    _run(settings)


def _run(settings: Settings) -> None:
    # Imported here: --help and a bad flag need none of it.
    from assessor.adapters.credentials import (  # noqa: PLC0415
        KubeconfigCredentials,
        ServiceAccountCredentials,
    )
    from assessor.adapters.memory import tune  # noqa: PLC0415
    from assessor.controller.logging import configure  # noqa: PLC0415
    from assessor.controller.operator import Operator  # noqa: PLC0415

    tune()
    configure(settings.log_format, settings.log_level)
    source = (
        KubeconfigCredentials(settings.kubeconfig, settings.context)
        if settings.kubeconfig
        else ServiceAccountCredentials(environment=os.environ)  # noqa: TID251 - the pod's own address
    )

    # What is missing now is told in one line; later it is waited for.
    source.current()
    seat = _seat(settings) if settings.leader_elect else None

    async def operate() -> None:
        await Operator(settings, source, seat).run()

    # A fault in native code would otherwise end the process without a word.
    faulthandler.enable(STANDARD_ERROR)
    asyncio.run(operate())


def _seat(settings: Settings) -> "Seat":
    """Where the Lease is, and as whom it is held."""
    from assessor.adapters.credentials import own_namespace  # noqa: PLC0415
    from assessor.controller.leadership import Seat, Timing  # noqa: PLC0415

    namespace = settings.leader_elect_namespace or own_namespace()
    if namespace is None:
        raise SettingsError("--leader-elect outside of a pod needs --leader-elect-namespace")
    timing = Timing(
        duration=settings.leader_elect_lease_duration,
        deadline=settings.leader_elect_renew_deadline,
        retry=settings.leader_elect_retry_period,
    )
    # The pod's name for people, and what tells the restarts of its container apart.
    identity = f"{socket.gethostname()}_{uuid4()}"
    return Seat(namespace, settings.leader_elect_lease, identity, timing)

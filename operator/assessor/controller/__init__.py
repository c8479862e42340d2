"""The operator process: our own kind's watch, kopf, work queue, wiring, settings."""

from assessor.adapters.sparing import without

with without("rich"):
    # It takes that package only for tracebacks in colour, at 5 MiB.
    import structlog

__all__ = ["structlog"]

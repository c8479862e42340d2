"""The operator process: kopf handlers, work queue, wiring, settings."""

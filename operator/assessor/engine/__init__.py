"""The engine: runs checks over a Snapshot and turns problems into verdicts."""

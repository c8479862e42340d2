"""Authorization: who runs as whom."""

"""Why there is no figure."""


class BenchError(Exception):
    """Something could not be measured; a figure that misses its goal is no error."""

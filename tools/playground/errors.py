"""What can go wrong while a playground is built and started."""


class PlaygroundError(Exception):
    """Something that a person can mend; the message says what and where."""

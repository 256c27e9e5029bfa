"""What stands in the way of a change."""


class LockedError(ValueError):
    """Something is to stay as it is until it is unlocked; the message says what."""

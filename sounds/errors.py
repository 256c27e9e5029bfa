"""What stands in the way of a change."""

from jobs.errors import JobFailed


class LockedError(ValueError):
    """Something is to stay as it is until it is unlocked; the message says what."""


class CleanedUpError(ValueError):
    """A take whose files clean-up removed is asked for; the message says what to do."""


class StoreError(JobFailed):
    """The shared store did not take, give or delete a file; the message says what to do."""


class StoreAway(StoreError):
    """It does not answer, or is too busy to: later it may."""

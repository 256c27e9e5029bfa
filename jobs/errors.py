"""What a handler raises to say how its job ended; each message is a sentence for a person."""


class JobFailed(Exception):
    """The job cannot succeed as it stands: trying again would not help."""


class JobCrashed(Exception):
    """The process that did the work died or hung: one attempt is used up."""


class JobCancelled(Exception):
    """Somebody asked for the job to stop, and it has."""


class JobLost(Exception):
    """The job is no longer this attempt's: it was taken for dead, or settled elsewhere."""

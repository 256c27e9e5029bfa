from jobs.errors import JobFailed


class BuildError(JobFailed):
    """A pack cannot be built as it stands; the message says what to do."""

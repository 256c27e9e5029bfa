from jobs.errors import JobFailed


class PublishError(JobFailed):
    """Something cannot be published, or withdrawn, as it stands; the message says what to do."""

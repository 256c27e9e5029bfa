class BackupError(ValueError):
    """A backup cannot be made or restored; the message is one sentence that says why and what to do."""

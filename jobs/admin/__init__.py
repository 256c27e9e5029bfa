from jobs.admin import batches, jobs, workers  # noqa: F401

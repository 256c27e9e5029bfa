from jobs.models.batch import Batch
from jobs.models.event import Event
from jobs.models.job import Job, Write
from jobs.models.job_queryset import NewJob
from jobs.models.status import ENDED, Status, Tier

__all__ = ["ENDED", "Batch", "Event", "Job", "NewJob", "Status", "Tier", "Write"]

from jobs.models.batch import Batch
from jobs.models.event import Event
from jobs.models.job import Job, Write
from jobs.models.job_queryset import NewJob
from jobs.models.machine import Machine
from jobs.models.status import ENDED, Status, Tier

__all__ = ["ENDED", "Batch", "Event", "Job", "Machine", "NewJob", "Status", "Tier", "Write"]

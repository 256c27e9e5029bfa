from jobs.models.batch import Batch
from jobs.models.event import Event
from jobs.models.job import Job, NewJob, Status, Tier, Write

__all__ = ["Batch", "Event", "Job", "NewJob", "Status", "Tier", "Write"]

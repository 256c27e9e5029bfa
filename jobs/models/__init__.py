from jobs.models.batch import Batch
from jobs.models.event import Event
from jobs.models.job import ENDED, Job, NewJob, Status, Tier, Write

__all__ = ["ENDED", "Batch", "Event", "Job", "NewJob", "Status", "Tier", "Write"]

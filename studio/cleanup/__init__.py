from studio.cleanup.report import Report
from studio.cleanup.run import run

__all__ = ["Report", "run"]

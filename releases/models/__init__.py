from releases.models.release import Release

__all__ = ["Release"]

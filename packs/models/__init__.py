from packs.models.build import Build, BuildItem
from packs.models.pack import Pack

__all__ = ["Build", "BuildItem", "Pack"]

from sounds.admin import collections, presets, sounds  # noqa: F401

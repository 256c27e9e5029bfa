from sounds.admin import collections, engines, presets, sounds  # noqa: F401

from sounds.admin import collections, engines, liking, presets, sounds  # noqa: F401

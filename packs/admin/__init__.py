from packs.admin import builds, packs  # noqa: F401

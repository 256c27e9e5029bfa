"""What a pack's versions are called on GitHub."""

from __future__ import annotations

from packs.versions import parse_version


def tag_of(slug: str, version: str) -> str:
    """The tag of a version; one repository holds many packs, so it names the pack."""
    return f"{slug}-v{version}"


def number_in(tag: str, slug: str) -> tuple[int, int, int] | None:
    """The version that a tag is of, as something that sorts; None for tags of other packs, or of none."""
    beginning = tag_of(slug, "")
    if not tag.startswith(beginning):
        return None
    try:
        return parse_version(tag.removeprefix(beginning))
    except ValueError:
        return None

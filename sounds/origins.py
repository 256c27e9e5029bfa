"""Where sounds come from that no engine made here: each of these stands where an engine's id would."""

from __future__ import annotations

UPLOAD = "upload"
"""Somebody's own file, mastered."""
IMPORT = "import"
"""A file of somebody's pack, as it was."""
REMASTER = "remaster"
"""Another sound, mastered anew."""

VERSION = "1"
NOT_MADE_HERE = frozenset({UPLOAD, IMPORT, REMASTER})

"""What a person has to mend."""

from __future__ import annotations

from .words import printable

_LONGEST_SENTENCE = 4_000


class InstallError(Exception):
    """Nothing was changed, or what was is put back; the message is a sentence that says what to do."""

    def __str__(self) -> str:
        # Names in packs, configs and folders are other people's, and a terminal obeys control characters.
        return printable(super().__str__(), _LONGEST_SENTENCE)


class ChangedMeanwhile(Exception):
    """Somebody else wrote the config between our reading and our writing."""

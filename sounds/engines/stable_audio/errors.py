"""What can be wrong in a way that a person can do something about: each message is one sentence for them."""

from __future__ import annotations

from sounds.engines.stable_audio.files import MODEL

INSTALL = "python manage.py install_model stable-audio-open-small"


class ModelError(ValueError):
    """The installed files are not the model, or this machine cannot hold it."""


class DeviceError(ValueError):
    """``MODEL_DEVICE`` asks for what is not here."""


class StableAudioError(ValueError):
    """One sound could not be made."""


def damaged(what: str) -> ModelError:
    return ModelError(f"{what} of {MODEL.title} is damaged; run: {INSTALL}")


def foreign(what: str) -> ModelError:
    return ModelError(f"This is not {MODEL.title}: {what}; run: {INSTALL}")

from __future__ import annotations


class WeightsError(ValueError):
    """Why a model's files cannot be had; the message says what to do."""

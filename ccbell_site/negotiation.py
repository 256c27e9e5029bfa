"""Agreeing with clients on the type of an answer."""

from __future__ import annotations

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation


class OneAnswer(DefaultContentNegotiation):
    """Files are what they are, whatever a player says it takes; and `format` is a word of theirs."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type

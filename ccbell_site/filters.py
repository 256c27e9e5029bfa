"""Filters of lists in the address, where a misspelt one is refused instead of ignored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGING = ("cursor", "limit", "ordering")


class WholeNumber(filters.NumberFilter):
    """A whole number; a decimal one such as -1e999999 would take a minute to be made one."""

    field_class = forms.IntegerField


class YesOrNo(filters.TypedChoiceFilter):
    """``true`` or ``false``; any other word is refused instead of meaning neither."""

    WORDS = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}

    def __init__(self, *args: Any, **options: Any) -> None:
        choices = [(word, word) for word in self.WORDS]
        super().__init__(*args, choices=choices, coerce=self.WORDS.__getitem__, **options)


class StrictFilters(filters.DjangoFilterBackend):
    """Filters lists by the view's ``filterset_class``.

    What is asked for by its id is not filtered: there is only what the view names in its `parameters`,
    action by action.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        if getattr(view, "detail", False):
            refuse_unknown(request, getattr(view, "parameters", {}).get(view.action, []))
            return queryset
        filterset = getattr(view, "filterset_class", None)
        refuse_unknown(request, [*(filterset.base_filters if filterset else ()), *PAGING])
        return super().filter_queryset(request, queryset, view)


def refuse_unknown(request: Request, known: list[str]) -> None:
    """Raise a ``ValidationError`` for parameters in the address that nothing here knows."""
    unknown = [name for name in request.query_params if name not in (*known, "format")]
    if unknown:
        there_are = f"there are: {', '.join(known)}" if known else "there are none"
        raise ValidationError(dict.fromkeys(unknown, f"There is no such parameter; {there_are}."))

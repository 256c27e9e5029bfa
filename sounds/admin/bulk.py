"""Ranking and tagging many sounds at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from sounds.models import Sound
from sounds.models.liking import MOST_TAGS, TAG

Action = Callable[[Any, HttpRequest, QuerySet[Sound]], "HttpResponse | None"]
WORDS = {1: "1, the best", 2: "2", 3: "3", 4: "4", 5: "5, the last", None: "none"}


def ranking() -> list[Action]:
    """An action for each rank, and one that takes it away."""
    return [_rank_as(rank, words) for rank, words in WORDS.items()]


def _rank_as(rank: int | None, words: str) -> Action:
    @admin.action(description=f"Rank: {words}", permissions=["change"])
    def action(self: Any, request: HttpRequest, queryset: QuerySet[Sound]) -> None:
        number = queryset.model.objects.filter(pk__in=queryset.values("pk")).update(rank=rank)
        ranked = f"have rank {rank}" if rank else "have no rank any more"
        messages.success(request, f"{number} sounds {ranked}.")

    action.__name__ = f"rank_{rank or 'none'}"
    return action


class TagForm(forms.Form):
    tags = forms.CharField(
        label="Tags",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "soft, morning", "autofocus": True}),
        help_text="Separated by commas.",
    )
    how = forms.ChoiceField(
        label="What to do",
        choices=[("add", "Add them to what is there"), ("remove", "Take them away")],
        initial="add",
        widget=UnfoldAdminRadioSelectWidget(),
    )

    def clean_tags(self) -> set[str]:
        names = {" ".join(name.split()) for name in self.cleaned_data["tags"].split(",")} - {""}
        if not names:
            raise ValidationError("Write at least one tag.")
        for name in names:
            TAG(name)
        return names


@admin.action(description="Tag …", permissions=["change"])
def tag(self: Any, request: HttpRequest, queryset: QuerySet[Sound]) -> HttpResponse | None:
    """Ask for the tags first, then stick them on."""
    form = TagForm(request.POST if "how" in request.POST else None, initial={"how": "add"})
    if form.is_valid():
        names, adds = form.cleaned_data["tags"], form.cleaned_data["how"] == "add"
        _stick(request, queryset, names, adds=adds)
        return None
    context = {
        **self.admin_site.each_context(request),
        "title": f"Tag {queryset.count()} sounds",
        "form": form,
        "sounds": queryset,
        "opts": self.opts,
        "media": self.media,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    request.current_app = self.admin_site.name
    return TemplateResponse(request, "admin/sounds/sound/tag.html", context)


def _stick(request: HttpRequest, sounds: QuerySet[Sound], names: set[str], *, adds: bool) -> None:
    tagged, full = 0, []
    for sound in sounds.prefetch_related("tags"):
        before = {one.name for one in sound.tags.all()}
        after = before | names if adds else before - names
        if len(after) > MOST_TAGS:
            full.append(str(sound))
        elif after != before:
            sound.note(tags=after)
            tagged += 1
    messages.success(request, f"{tagged} sounds have other tags now: {', '.join(sorted(names))}.")
    if full:
        messages.warning(
            request, f"A sound has at most {MOST_TAGS} tags; these would have more: {', '.join(full[:8])}."
        )

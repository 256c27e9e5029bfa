"""What the studio's admins share: buttons on rows, and a deletion that says what it keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin import actions as site_actions
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.db.models import JSONField, QuerySet, TextField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

Method = TypeVar("Method", bound=Callable[..., Any])
DELETE = "delete_selected"


@dataclass(frozen=True, slots=True)
class Verb:
    """Something a person may do to one row; `permission` is asked as ``has_…_permission``."""

    name: str
    method: str
    icon: str
    permission: str

    @property
    def label(self) -> str:
        return self.name.capitalize()


def verb(name: str, *, icon: str, permission: str = "change") -> Callable[[Method], Method]:
    """Make a method a button on rows and on their pages; it gets the request and the row.

    It answers with the sentence to show, or with a whole response.
    """

    def mark(method: Method) -> Method:
        method.verb = Verb(name, method.__name__, icon, permission)  # type: ignore[attr-defined]
        return method

    return mark


class Indented(json.JSONEncoder):
    """JSON that a person can edit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"indent": 2})


class StudioAdmin(ModelAdmin):
    """An admin with verbs: name their methods in `verbs`."""

    verbs: tuple[str, ...] = ()
    list_per_page = 50
    formfield_overrides = {
        TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3})},
        JSONField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3}), "encoder": Indented},
    }
    compressed_fields = True
    warn_unsaved_form = True
    change_form_outer_before_template: str | None = "admin/verbs.html"

    def _known_verbs(self) -> list[Verb]:
        return [getattr(self, method).verb for method in self.verbs]

    def verbs_for(self, request: HttpRequest) -> list[Verb]:
        """Those that the person may use."""
        return [
            one for one in self._known_verbs() if getattr(self, f"has_{one.permission}_permission")(request)
        ]

    def fits(self, one: Verb, row: Any) -> bool:
        """Whether it makes sense for that row now."""
        return True

    def get_urls(self) -> list[URLPattern]:
        mine = [
            path(
                f"<int:pk>/{one.name}/",
                self.admin_site.admin_view(require_POST(partial(self._use, one))),
                name=self._address_of(one),
            )
            for one in self._known_verbs()
        ]
        return [*mine, *super().get_urls()]

    def _address_of(self, one: Verb) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{one.name}"

    def _use(self, one: Verb, request: HttpRequest, pk: int) -> HttpResponse:
        if one not in self.verbs_for(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        answer = getattr(self, one.method)(request, row)
        if isinstance(answer, HttpResponse):
            return answer
        messages.info(request, answer)
        return back(request, reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def address(self, one: Verb, row: Any) -> str:
        """Where the button of a verb posts to."""
        return reverse(f"admin:{self._address_of(one)}", args=[row.pk])

    # In lists ---------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> Any:
        listed = super().get_list_display(request)
        verbs = self.verbs_for(request)
        if not verbs:
            return listed

        @display(description="")
        def buttons(row: Any) -> str:
            return self._buttons(verbs, row)

        return [*listed, buttons]

    def _buttons(self, verbs: Iterable[Verb], row: Any) -> str:
        """They belong to the list's form, whose token they send along."""
        return format_html(
            '<div class="acts">{}</div>',
            format_html_join(
                "",
                '<button type="submit" class="act {}" formmethod="post" formaction="{}" formnovalidate'
                ' title="{}"{}><span class="material-symbols-outlined">{}</span>{}</button>',
                (
                    (
                        one.name,
                        self.address(one, row),
                        one.label,
                        "" if self.fits(one, row) else mark_safe(" hidden"),
                        one.icon,
                        one.label,
                    )
                    for one in verbs
                ),
            ),
        )

    # On pages ---------------------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        more = self.page_context(request, row) if row and self.has_view_permission(request, row) else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | more)

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the template above the form of a row needs."""
        return {
            "verbs": [
                {"verb": one, "address": self.address(one, row), "fits": self.fits(one, row)}
                for one in self.verbs_for(request)
            ]
        }

    # Deleting ---------------------------------------------------------------------------------------

    def deletable(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that may go; it says why the others stay."""
        return rows

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        there = super().get_actions(request)
        if DELETE in there:
            there[DELETE] = (_delete_selected, *there[DELETE][1:])
        return there


def _delete_selected(admin: StudioAdmin, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    rows = admin.deletable(request, rows)
    if not rows.exists():
        messages.warning(request, "Nothing is left to delete.")
        return None
    return site_actions.delete_selected(admin, request, rows)


class ReadOnlyAdmin(StudioAdmin):
    """Rows that only the studio itself writes; they may be looked at and deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page of ours that the person came from."""
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        came_from, {request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(came_from if is_ours else otherwise)


def facts(pairs: Iterable[tuple[str, Any]]) -> str:
    """A short table of names and values."""
    return format_html(
        '<dl class="facts">{}</dl>', format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", pairs)
    )

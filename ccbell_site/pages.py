"""Pages of long lists, each beginning where the one before ended, however long the list has grown.

The framework's own cursor counts rows of equal value by offset, up to a thousand; here the primary key
decides among them, so that a hundred thousand sounds of the same quality can be read to the end.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from django.core.exceptions import ValidationError as FieldError
from django.db.models import F, Field, Q
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

USUAL, MOST = 50, 100


class Pages(BasePagination):
    """``?limit=``, ``?ordering=`` (one of the view's `orderings`, with - for descending), ``?cursor=``."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self._url = request.build_absolute_uri()
        self._limit = _limit(request)
        self._ordering = request.query_params.get("ordering", view.ordering)
        field = _field(self._ordering, view.orderings)
        down = self._ordering.startswith("-")
        order = [F(name).desc() if down else F(name).asc() for name in dict.fromkeys((field, "pk"))]
        rows = queryset.exclude(**{f"{field}__isnull": True}).order_by(*order)
        if cursor := request.query_params.get("cursor"):
            meta = queryset.model._meta
            kept = meta.pk if field == "pk" else meta.get_field(field)
            rows = rows.filter(_behind(field, down, *self._read(cursor, kept)))
        page = list(rows[: self._limit + 1])
        self._field, self._more = field, len(page) > self._limit
        self._last = page[: self._limit][-1] if page else None
        return page[: self._limit]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next(), "results": let_go(data)})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        next_ = {"type": "string", "format": "uri", "nullable": True}
        properties = {"next": next_, "results": schema}
        return {"type": "object", "required": ["next", "results"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        orderings = [sign + name for name in getattr(view, "orderings", {}) for sign in ("", "-")]
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        return [
            _parameter("cursor", {"type": "string"}, "Where the page begins, from the `next` of another."),
            _parameter("limit", limit, "Rows a page."),
            _parameter("ordering", {"type": "string", "enum": orderings}, "A minus sign: descending."),
        ]

    def _next(self) -> str | None:
        if not self._more:
            return None
        place = [self._ordering, getattr(self._last, self._field), self._last.pk]  # type: ignore[union-attr]
        cursor = base64.urlsafe_b64encode(json.dumps(place, default=str).encode()).decode().rstrip("=")
        return replace_query_param(self._url, "cursor", cursor)

    def _read(self, cursor: str, field: Field) -> tuple[Any, int]:
        """Where a page begins: anybody may write a cursor, so its value has to be one of the field's."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            ordering, value, pk = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
            is_place = isinstance(value, str | int | float) and isinstance(pk, int) and 0 <= pk < 2**63
            if ordering == self._ordering and is_place:
                str(value).encode()
                return field.to_python(value), pk
        except (ValueError, TypeError, OverflowError, RecursionError, FieldError):
            pass
        raise ValidationError({"cursor": "There is no such page; begin again without a cursor."})


class LongList:
    """What viewsets of long lists have in common: a row is at its uuid, and the newest comes first."""

    lookup_field = "uuid"
    lookup_url_kwarg: str | None = "id"
    lookup_value_converter = "uuid"
    pagination_class: type[BasePagination] | None = Pages
    orderings = {"created_at": "pk"}
    ordering = "-created_at"


def let_go(data: Any) -> list[Any]:
    """What a list serializer told, as a plain list, without the rows it told of.

    A serializer and its child hold each other, and so the rows, until Python's collector finds them: it
    would stop the server for a tenth of a second every dozen pages.
    """
    if serializer := getattr(data, "serializer", None):
        serializer.instance = serializer._data = None
    return list(data)


def _behind(field: str, down: bool, value: Any, pk: int) -> Q:
    """Rows that come after one; the first part is what the index of `field` is used for."""
    past = "lt" if down else "gt"
    if field == "pk":
        return Q(**{f"pk__{past}": pk})
    further = Q(**{f"{field}__{past}": value}) | Q(**{f"pk__{past}": pk})
    return Q(**{f"{field}__{past}e": value}) & further


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(USUAL))
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST):
        raise ValidationError({"limit": f"Choose a number from 1 to {MOST}."})
    return int(text)


def _field(ordering: str, orderings: dict[str, str]) -> str:
    try:
        return orderings[ordering.removeprefix("-")]
    except KeyError:
        known = ", ".join(orderings)
        raise ValidationError({"ordering": f"Choose one of: {known}; with - in front descending."}) from None


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}

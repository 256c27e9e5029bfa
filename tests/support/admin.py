"""The admin as people use it: its addresses, its actions and buttons, and staff who may not do everything."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.support.library import signed_in, somebody


def staff(*permissions: str) -> Client:
    """Somebody of the staff who may do just this, such as ``jobs.view_job``."""
    user = somebody("helper", is_staff=True)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return signed_in(user)


def listing(model: str, **query: Any) -> str:
    """The address of the list of a model, such as ``jobs_job``."""
    return reverse(f"admin:{model}_changelist", query=query)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def page_of(client: Client, row: Model) -> str:
    """The page of one row."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return page(client, reverse(name, args=[row.pk]))


def run(client: Client, model: str, action: str, *rows: Model, **more: Any) -> str:
    """Run an action on rows; the page that comes of it."""
    form = {"action": action, "_selected_action": [row.pk for row in rows]} | more
    return client.post(listing(model), form, follow=True).content.decode()


def press(client: Client, row: Model, verb: str) -> Any:
    """Press a button of a row; the answer, wherever it leads."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{verb}"
    return client.post(reverse(name, args=[row.pk]), follow=True)

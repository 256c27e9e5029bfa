"""The machines that work, and what django-q2 keeps for the workers, dressed as the rest of the admin is."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django_q import admin as q_admin
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.admin import ModelAdmin

from ccbell_site.admin_base import ReadOnlyAdmin
from jobs.models import Machine

for model in (Schedule, Success, Failure, OrmQ):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Schedule)
class ScheduleAdmin(q_admin.ScheduleAdmin, ModelAdmin):
    pass


@admin.register(Success)
class SuccessAdmin(q_admin.TaskAdmin, ModelAdmin):
    pass


@admin.register(Failure)
class FailureAdmin(q_admin.FailAdmin, ModelAdmin):
    pass


@admin.register(OrmQ)
class WakeUpAdmin(q_admin.QueueAdmin, ModelAdmin):
    pass


@admin.register(Machine)
class MachineAdmin(ReadOnlyAdmin):
    """Those that are there now; one that falls silent leaves by itself."""

    list_display = ["name", "workers", "lanes", "since", "seen_at", "version"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Machine]:
        return Machine.objects.present()

    @admin.display(description="may be busy")
    def lanes(self, machine: Machine) -> str:
        return ", ".join(f"{number} {lane}" for lane, number in machine.places.items())

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

"""Slots over HTTP: enable, lock, choose, take back."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import HasScope
from ccbell_site.filters import refuse_unknown
from ccbell_site.strict import Strict
from sounds.api.access import OfItsCollection, person
from sounds.api.collections import SlotSerializer
from sounds.api.errors import Gone
from sounds.api.fields import Uuid, refused
from sounds.errors import CleanedUpError
from sounds.models import Collection, Slot, Sound


class NothingToUndo(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "Nothing was chosen for this slot that could be taken back."


class ChangedSlotSerializer(Strict, serializers.Serializer):
    """Whether a slot goes into packs, and whether its choice stays."""

    enabled = serializers.BooleanField(required=False)
    locked = serializers.BooleanField(required=False)


class ChooseSerializer(Strict, serializers.Serializer):
    sound = Uuid(allow_null=True, help_text="One of the slot's takes; null chooses none.")


class Slots(viewsets.GenericViewSet):
    """The slots of one collection."""

    queryset = Slot.objects.none()
    serializer_class = SlotSerializer
    permission_classes = [HasScope, OfItsCollection]
    lookup_field = "key"

    def list(self, request: Request, collection_id: str) -> Response:
        refuse_unknown(request, [])
        slots = self._collection().slots.select_related("hook", "chosen").order_by("position", "id")
        return Response(SlotSerializer(slots, many=True).data)

    def retrieve(self, request: Request, collection_id: str, key: str) -> Response:
        return self._shown()

    def partial_update(self, request: Request, collection_id: str, key: str) -> Response:
        """Enable or disable it, lock or unlock it."""
        slot = self._slot_to_change()
        asked = ChangedSlotSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        if asked.validated_data:
            Slot.objects.filter(pk=slot.pk).update(**asked.validated_data)
        return self._shown()

    @action(detail=True, methods=["post"])
    def choose(self, request: Request, collection_id: str, key: str) -> Response:
        """Choose one of its takes, or none."""
        slot = self._slot_to_change(chosen=True)
        asked = ChooseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        uuid = asked.validated_data["sound"]
        sound = Sound.objects.filter(uuid=uuid).first() if uuid else None
        if uuid and (sound is None or not slot.may_choose(sound)):
            raise ValidationError({"sound": f"The slot {slot.key} has no such take; generate one for it."})
        try:
            slot.choose(sound, by=person(request))
        except CleanedUpError as error:
            raise Gone(str(error)) from error
        return self._shown()

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, collection_id: str, key: str) -> Response:
        """Take back what was chosen last."""
        if not self._slot_to_change(chosen=True).undo():
            raise NothingToUndo
        return self._shown()

    def _collection(self) -> Collection:
        collection = get_object_or_404(Collection, uuid=self.kwargs["collection_id"])
        self.check_object_permissions(self.request, collection)
        return collection

    def _slot(self) -> Slot:
        slots = self._collection().slots.select_related("hook", "chosen", "collection")
        return get_object_or_404(slots, key=self.kwargs["key"])

    def _slot_to_change(self, *, chosen: bool = False) -> Slot:
        slot = self._slot()
        with refused():
            slot.collection.refuse_locked("slot")
            if chosen:
                slot.refuse_locked()
        return slot

    def _shown(self) -> Response:
        return Response(SlotSerializer(self._slot()).data)

"""Themes, variations and hooks over HTTP."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers, status, viewsets
from rest_framework.exceptions import APIException
from rest_framework.permissions import DjangoModelPermissionsOrAnonReadOnly

from accounts.models import Scope
from accounts.permissions import HasScope
from ccbell_site.strict import Strict
from sounds.models import Hook, Theme, Variation
from sounds.models.preset import Preset

STATE = ["position", "enabled", "shipped", "edited"]


class Shipped(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This preset ships with the studio and would come back; disable it instead."


class PresetSerializer(Strict, serializers.ModelSerializer):
    """A preset; what could not be read back as one is refused."""

    preset: type[Preset]

    shipped = serializers.SerializerMethodField(help_text="Whether it came with the studio.")
    edited = serializers.BooleanField(
        read_only=True, help_text="Whether it differs from what came with the studio."
    )

    def get_shipped(self, preset: Preset) -> bool:
        return preset.shipped is not None

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        row: Preset = self.preset() if self.instance is None else copy(self.instance)
        for name, value in values.items():
            setattr(row, name, value)
        try:
            row.clean()
        except ModelValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return values


class VariationSerializer(PresetSerializer):
    preset = Variation

    class Meta:
        model = Variation
        fields = ["slug", *Variation.FIELDS, *STATE]

    def validate_slug(self, slug: str) -> str:
        others = Variation.objects.filter(theme__slug=self.context["view"].kwargs["theme_slug"], slug=slug)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise serializers.ValidationError("The theme has a variation of that slug already.")
        return slug


class ThemeSerializer(PresetSerializer):
    preset = Theme
    variations = serializers.SerializerMethodField(help_text="Slugs of its enabled variations, in order.")

    class Meta:
        model = Theme
        fields = ["slug", *Theme.FIELDS, *STATE, "variations"]

    def get_variations(self, theme: Theme) -> list[str]:
        return [variation.slug for variation in theme.variations.all() if variation.enabled]


class HookSerializer(PresetSerializer):
    preset = Hook

    class Meta:
        model = Hook
        fields = ["slug", *Hook.FIELDS, *STATE]


class PresetViewSet(viewsets.ModelViewSet):
    """Everybody may look; staff may create, edit and delete, but what ships can only be disabled."""

    scope = Scope.MANAGE
    permission_classes = [HasScope, DjangoModelPermissionsOrAnonReadOnly]
    anonymous = True
    lookup_field = "slug"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_destroy(self, preset: Preset) -> None:
        if preset.shipped is not None:
            raise Shipped
        preset.delete()


class Themes(PresetViewSet):
    queryset = Theme.objects.prefetch_related("variations")
    serializer_class = ThemeSerializer


class Variations(PresetViewSet):
    serializer_class = VariationSerializer
    queryset = Variation.objects.none()

    def get_queryset(self) -> QuerySet[Variation]:
        return Variation.objects.filter(theme__slug=self.kwargs.get("theme_slug"))

    def perform_create(self, serializer: serializers.BaseSerializer) -> None:
        serializer.save(theme=self._theme())

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self._theme()  # an unknown one is no theme without variations
        return super().list(request, *args, **kwargs)

    def _theme(self) -> Theme:
        return get_object_or_404(Theme, slug=self.kwargs["theme_slug"])


class Hooks(PresetViewSet):
    queryset = Hook.objects.all()
    serializer_class = HookSerializer

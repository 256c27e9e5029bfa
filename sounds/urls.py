from django.urls import path

from sounds import views
from sounds.api.engines import Engines, Unload

app_name = "sounds"
urlpatterns = [
    path("api/engines", Engines.as_view(), name="engines"),
    path("api/engines/<str:engine>/unload", Unload.as_view(), name="unload-engine"),
    path("sounds/<uuid:uuid>/audio.<str:format>", views.audio, name="audio"),
    path("sounds/<uuid:uuid>/waveform.svg", views.waveform, name="waveform"),
    path("sounds/<uuid:uuid>/spectrogram.png", views.spectrogram, name="spectrogram"),
]

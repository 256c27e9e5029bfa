from django.urls import path

from sounds import views

app_name = "sounds"
urlpatterns = [
    path("sounds/<uuid:uuid>/audio.<str:format>", views.audio, name="audio"),
    path("sounds/<uuid:uuid>/waveform.svg", views.waveform, name="waveform"),
    path("sounds/<uuid:uuid>/spectrogram.png", views.spectrogram, name="spectrogram"),
]

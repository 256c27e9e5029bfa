from django.contrib.auth import views as auth
from django.urls import path

from studio.views import builds, compare, make, packs, queue, slots, takes

app_name = "studio"
urlpatterns = [
    path("", make.home, name="make"),
    path("login/", auth.LoginView.as_view(template_name="studio/login.html"), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("hooks/", make.add_hook, name="add_hook"),
    path("packs/", packs.packs, name="packs"),
    path("compare/", compare.compare, name="compare"),
    path("packs/<slug:slug>/", packs.pack, name="pack"),
    path("packs/<slug:slug>/rows/", packs.rows, name="rows"),
    path("packs/<slug:slug>/generate/", packs.generate, name="generate"),
    path("packs/<slug:slug>/cancel/", packs.cancel, name="cancel"),
    path("packs/<slug:slug>/undo/", packs.undo, name="undo"),
    path("packs/<slug:slug>/describe/", packs.describe, name="describe"),
    path("packs/<slug:slug>/lock/", packs.lock, name="lock"),
    path("packs/<slug:slug>/build/", builds.build, name="build"),
    path("packs/<slug:slug>/rows/add/", slots.add, name="add_row"),
    path("packs/<slug:slug>/rows/<slug:key>/choose/", slots.choose, name="choose"),
    path("packs/<slug:slug>/rows/<slug:key>/lock/", slots.lock, name="lock_row"),
    path("packs/<slug:slug>/rows/<slug:key>/take/", slots.take, name="take"),
    path("packs/<slug:slug>/rows/<slug:key>/mutate/", slots.mutate, name="mutate"),
    path("packs/<slug:slug>/rows/<slug:key>/cancel/", slots.cancel, name="cancel_row"),
    path("packs/<slug:slug>/rows/<slug:key>/retry/", slots.retry, name="retry_row"),
    path("packs/<slug:slug>/rows/<slug:key>/edit/", slots.edit, name="edit_row"),
    path("sounds/<uuid:uuid>/", takes.sound, name="sound"),
    path("sounds/<uuid:uuid>/rank/", takes.rank, name="rank"),
    path("sounds/<uuid:uuid>/like/", takes.like, name="like"),
    path("sounds/<uuid:uuid>/more/", takes.more, name="more"),
    path("jobs/", queue.jobs, name="jobs"),
    path("jobs/<uuid:uuid>/cancel/", queue.cancel_job, name="cancel_job"),
    path("jobs/<uuid:uuid>/retry/", queue.retry_job, name="retry_job"),
    path("engines/", queue.engines, name="engines"),
    path("engines/<str:engine>/unload/", queue.unload_engine, name="unload"),
]

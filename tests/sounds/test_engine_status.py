"""What people see of the engines: in the command, over HTTP and in the admin."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from jobs.run import finish
from sounds import hosts
from sounds.engine_status import engine_statuses
from sounds.engines.registry import resolve
from sounds.models import EngineFault
from tests.support.briefs import submit
from tests.support.studio import PLUGIN, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def plugin(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))


@pytest.fixture
def loaded():
    """The test engine, in memory and idle."""
    finish(submit(["a tone"], wake=False), tick=lambda: None)
    wait_for(lambda: status_of("steady").state == "loaded")


def status_of(engine: str):
    return next(status for status in engine_statuses() if status.card.id == engine)


def test_an_engine_that_can_work_is_ready_and_one_that_cannot_says_why():
    assert (status_of("procedural").state, status_of("procedural").why_not) == ("ready", "")
    neural = status_of("stable-audio-open-small")
    assert neural.state == "unavailable" and "install_model stable-audio-open-small" in neural.why_not


def test_one_in_memory_tells_what_it_runs_on_and_how_much_it_takes(loaded):
    steady = status_of("steady")
    assert steady.details == {"device": "none"}
    assert steady.memory_bytes > 1_000_000
    assert steady.since


def test_the_command_shows_them_in_a_table_and_as_json(loaded, capsys):
    EngineFault.objects.create(engine="steady", sentence="It fell over.")
    call_command("engines")
    text = capsys.readouterr().out
    (row,) = (line for line in text.splitlines() if line.startswith("steady  "))
    assert "loaded" in row and " MB" in row and "none" in row
    assert "ago: It fell over." in text
    call_command("engines", "--json")
    told = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert told["steady"]["state"] == "loaded" and told["steady"]["last_error"] == "It fell over."


def test_an_engine_is_unloaded_and_the_next_sound_loads_it_again(loaded, capsys):
    before = hosts.host_of("steady").pid
    call_command("engines", "unload", "steady")
    assert "leaves memory" in capsys.readouterr().out
    wait_for(lambda: status_of("steady").state == "ready")
    call_command("engines", "unload", "steady")
    assert "is not in memory" in capsys.readouterr().out
    finish(submit(["a tone"], wake=False), tick=lambda: None)
    assert hosts.host_of("steady").pid not in (None, before)


def test_one_at_work_leaves_when_it_is_done(capsys):
    told = []

    def unload_at_once():
        if status_of("steady").state == "busy" and not told:
            call_command("engines", "unload", "steady")
            told.append(capsys.readouterr().out)

    batch = submit(["slow"], wake=False)
    finish(batch, tick=unload_at_once)
    assert "as soon as it is done" in told[0]
    assert batch.jobs.get().status == "succeeded"
    wait_for(lambda: status_of("steady").state == "ready")


def test_an_unknown_engine_is_refused_in_words(client, admin_client):
    with pytest.raises(CommandError, match="There is no engine “piano”"):
        call_command("engines", "unload", "piano")
    answer = admin_client.post("/api/engines/piano/unload")
    assert answer.status_code == 404 and "There is no engine “piano”" in answer.json()["detail"]


def test_the_api_tells_who_is_logged_in_and_lets_staff_unload(client, admin_client, loaded):
    assert client.get("/api/engines").status_code == 401
    told = {one["id"]: one for one in admin_client.get("/api/engines").json()}
    assert told["steady"]["state"] == "loaded"
    assert "leaves memory" in admin_client.post("/api/engines/steady/unload").json()["detail"]
    wait_for(lambda: status_of("steady").state == "ready")


def test_only_staff_may_unload_over_http(client, django_user_model, loaded):
    client.force_login(django_user_model.objects.create_user("somebody"))
    assert client.get("/api/engines").status_code == 200
    assert client.post("/api/engines/steady/unload").status_code == 403
    assert status_of("steady").state == "loaded"


def test_the_admin_shows_them_above_their_faults_and_unloads_at_a_click(admin_client, loaded):
    EngineFault.objects.create(engine="steady", sentence="It fell over.")
    address = reverse("admin:sounds_enginefault_changelist")
    page = admin_client.get(address).content.decode()
    assert "Stable Audio Open Small" in page and "install_model" in page and "It fell over." in page
    assert page.count("Unload</button>") == 1
    answer = admin_client.post(reverse("admin:sounds_engine_unload", args=["steady"]), follow=True)
    assert "leaves memory" in answer.content.decode()
    assert admin_client.get(reverse("admin:sounds_engine_unload", args=["steady"])).status_code == 405
    wait_for(lambda: status_of("steady").state == "ready")


def test_what_went_wrong_with_an_engine_is_written_down():
    finish(submit(["crash"], wake=False), tick=lambda: None)
    assert "SIGSEGV" in status_of("steady").fault.sentence


def test_a_fault_is_history_once_a_sound_was_made_since(loaded):
    EngineFault.objects.create(engine="steady", sentence="It fell over.")
    assert status_of("steady").fault
    finish(submit(["a tone"], wake=False), tick=lambda: None)
    assert status_of("steady").fault is None


def test_staff_without_the_permission_neither_see_faults_nor_unload(client, django_user_model, loaded):
    client.force_login(django_user_model.objects.create_user("helper", is_staff=True))
    assert client.get(reverse("admin:sounds_enginefault_changelist")).status_code == 403
    assert client.post(reverse("admin:sounds_engine_unload", args=["steady"])).status_code == 403
    assert client.post("/api/engines/steady/unload").status_code == 403
    assert status_of("steady").state == "loaded"


def test_a_cache_that_is_odd_keeps_nobody_from_the_other_engines(settings, monkeypatch):
    refs = settings.MODEL_CACHE_DIR / "models--stabilityai--stable-audio-open-small" / "refs"
    refs.mkdir(parents=True)
    (refs / "main").write_bytes(b"\xff\xfe")
    assert status_of("stable-audio-open-small").state == "unavailable"
    assert resolve("auto").id == "procedural"


def test_an_engine_that_cannot_say_whether_it_works_is_left_out(monkeypatch):
    from sounds.engines.stable_audio import card

    def broken(repository):
        raise RuntimeError("odd")

    monkeypatch.setattr(card, "snapshot", broken)
    assert "cannot say whether it can work" in status_of("stable-audio-open-small").why_not
    assert resolve("auto").id == "procedural"

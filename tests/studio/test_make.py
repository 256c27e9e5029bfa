"""The first page."""

from __future__ import annotations

from django.test import Client

from accounts.models import User
from jobs.models import Job
from packs.models import Pack
from sounds.models import Collection, Hook
from tests.studio.conftest import Make


def test_who_is_not_signed_in_is_led_to_the_login_and_back() -> None:
    answer = Client().get("/packs/")
    assert answer.status_code == 302 and answer.url == "/login/?next=/packs/"


def test_a_wrong_password_gets_a_sentence_and_the_right_one_the_studio(person: User) -> None:
    client = Client()
    wrong = client.post("/login/", {"username": "ada", "password": "bea"})
    assert "do not belong together" in wrong.content.decode()
    right = client.post("/login/", {"username": "ada", "password": "ada", "next": "/jobs/"})
    assert right.url == "/jobs/"


def test_the_page_shows_every_theme_variation_and_hook(browser: Client) -> None:
    page = browser.get("/").content.decode()
    for words in ("Sci-fi", "Hologram", "Session start", "Generate all"):
        assert words in page


def test_generate_all_makes_a_pack_with_a_row_for_each_hook_and_a_sound_for_those_that_are_on(
    make: Make,
) -> None:
    pack = make(variation="vibraphone")
    slots = {slot.key: slot for slot in pack.collection.slots.all()}
    assert len(slots) == Hook.objects.filter(enabled=True).count()
    assert {key for key, slot in slots.items() if slot.enabled} == {"task_complete", "tool_error", "idle"}
    assert all(slot.chosen for slot in slots.values() if slot.enabled)
    assert pack.collection.variation and pack.collection.variation.slug == "vibraphone"


def test_a_changed_length_is_kept_by_the_row_and_every_later_take(make: Make, browser: Client) -> None:
    pack = make(**{"length-idle": "2,5", "length-tool_error": "0.7"})
    slots = {slot.key: slot for slot in pack.collection.slots.filter(enabled=True)}
    assert slots["idle"].chosen and slots["idle"].chosen.duration_s == 2.5
    assert slots["idle"].brief == {"duration_s": 2.5}
    assert slots["tool_error"].brief == {}  # as the hook has it anyway


def test_the_same_choice_again_makes_another_pack_with_other_sounds(make: Make) -> None:
    first, second = make(), make()
    assert (first.slug, second.slug) == ("jazz", "jazz-2")
    sounds = [pack.collection.slots.get(key="idle").chosen for pack in (first, second)]
    assert sounds[0] and sounds[1] and sounds[0].seed != sounds[1].seed


def test_words_alone_make_a_pack(make: Make) -> None:
    pack = make(theme="", prompt="soft wooden double knock")
    assert pack.collection.theme is None
    assert pack.collection.title == "soft wooden double knock"
    assert pack.collection.slots.filter(chosen__isnull=False).count() == 3


def test_a_wrong_choice_is_said_on_the_page_which_keeps_what_was_chosen(browser: Client) -> None:
    for wish, sentence in (
        ({"hook": ["idle"]}, "There is no theme"),
        ({"theme": "jazz"}, "Every hook is switched off"),
        ({"theme": "jazz", "hook": ["idle"], "takes": "99"}, "from 1 to 8 takes"),
        ({"theme": "jazz", "hook": ["idle"], "takes": "9" * 5000}, "from 1 to 8 takes"),
        ({"theme": "jazz", "hook": ["idle"], "length-idle": "nine"}, "from 0.5 to 5 seconds"),
        ({"theme": "jazz", "hook": ["idle"], "length-idle": "nan"}, "from 0.5 to 5 seconds"),
        ({"theme": "jazz", "hook": ["idle"], "engine": "warp"}, "There is no engine"),
        ({"theme": "jazz", "hook": ["idle"], "engine": "steady", "quality": "best"}, "no quality"),
        ({"theme": "jazz", "variation": "arcade", "hook": ["idle"]}, "There is no variation of jazz"),
    ):
        answer = browser.post("/", {"prompt": "", **wish})
        assert answer.status_code == 400
        assert sentence in answer.content.decode().replace("&#x27;", "'"), wish
    assert not Pack.objects.exists() and not Collection.objects.exists() and not Job.objects.exists()


def test_too_many_sounds_for_the_hour_are_refused_and_leave_no_pack(browser: Client, settings) -> None:
    settings.SOUNDS_AN_HOUR = [None, None, 2, 2]
    answer = browser.post(
        "/", {"theme": "jazz", "engine": "steady", "hook": ["idle", "question", "api_error"]}
    )
    assert answer.status_code == 429 and "2 sounds an hour" in answer.content.decode()
    assert not Pack.objects.exists()


def test_staff_add_a_hook_of_their_own(browser: Client, person: User) -> None:
    wish = {"name": "Deploy done", "intent": "task_complete", "length": "1.2", "event": "TaskCompleted"}
    assert browser.post("/hooks/", wish).status_code == 403
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    answer = browser.post("/hooks/", wish)
    assert answer.status_code == 201 and 'value="deploy_done"' in answer.content.decode()
    hook = Hook.objects.get(slug="deploy_done")
    assert (hook.length_s, hook.claude_events) == (1.2, ["TaskCompleted"])
    assert hook.motif == Hook.objects.get(slug="task_complete").motif


def test_a_hook_that_cannot_be_says_why(browser: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    for wish, sentence in (
        ({"name": "", "intent": "idle"}, "Give the hook a name"),
        ({"name": "!!!", "intent": "idle"}, "Give the hook a name"),
        ({"name": "x" * 41, "intent": "idle"}, "40 letters or fewer"),
        ({"name": "Idle", "intent": "idle"}, "There is a hook idle already"),
        ({"name": "New", "intent": "sad"}, "feel like"),
        ({"name": "New", "intent": "idle", "length": "9"}, "from 0.5 to 5 seconds"),
        ({"name": "New", "intent": "idle", "event": "x" * 61}, "60 letters or fewer"),
    ):
        answer = browser.post("/hooks/", wish)
        assert answer.status_code == 400 and sentence in answer.content.decode(), wish


def test_a_hook_may_have_a_name_in_any_script(browser: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    answer = browser.post("/hooks/", {"name": "Готово", "intent": "idle"})
    assert answer.status_code == 201
    assert Hook.objects.get(name="Готово").slug.startswith("hook_")

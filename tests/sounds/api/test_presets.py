"""Themes, variations and hooks over HTTP: to look at for everybody, to edit for staff."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sounds.models import Hook, Theme, Variation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]

JSON = "application/json"


def new_theme(**changes) -> dict:
    return {"slug": "glass", "name": "Glass", "style": "struck glass", "voice": {}} | changes


def test_everybody_signed_in_sees_them(client: Client):
    themes = client.get("/api/themes").json()
    assert [theme["slug"] for theme in themes][:2] == ["sci-fi", "retro-8bit"] and len(themes) == 7
    assert themes[0]["shipped"] and not themes[0]["edited"] and "hologram" in themes[0]["variations"]
    assert len(client.get("/api/hooks").json()) == 15
    variations = client.get("/api/themes/sci-fi/variations").json()
    assert {"slug", "style", "voice"} <= set(variations[0])


def test_lists_cost_the_same_queries_for_many(client: Client, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        client.get("/api/themes")


def test_only_staff_may_edit(client: Client):
    answer = client.patch("/api/themes/sci-fi", {"name": "Mine"}, JSON)
    assert answer.status_code == 403 and answer.json()["detail"] == "Only staff may do this."
    assert client.post("/api/themes", new_theme(), JSON).status_code == 403
    assert client.delete("/api/hooks/tool_error").status_code == 403


def test_staff_create_edit_and_delete(admin_client: Client):
    made = admin_client.post("/api/themes", new_theme(), JSON)
    assert made.status_code == 201 and not made.json()["shipped"]
    changed = admin_client.patch("/api/themes/glass", {"tempo": 1.5}, JSON)
    assert changed.json()["tempo"] == 1.5
    variation = {"slug": "crystal", "name": "Crystal", "style": "thin crystal"}
    assert admin_client.post("/api/themes/glass/variations", variation, JSON).status_code == 201
    assert Variation.objects.get(slug="crystal").theme.slug == "glass"
    again = admin_client.post("/api/themes/glass/variations", variation, JSON)
    assert again.status_code == 400 and "slug" in again.json()["errors"]
    assert admin_client.delete("/api/themes/glass").status_code == 204
    assert not Theme.objects.filter(slug="glass").exists()


def test_an_edited_preset_says_so(admin_client: Client):
    assert admin_client.patch("/api/hooks/tool_error", {"length_s": 0.8}, JSON).json()["edited"]


def test_what_ships_is_disabled_instead_of_deleted(admin_client: Client):
    answer = admin_client.delete("/api/hooks/tool_error")
    assert answer.status_code == 409 and "disable it instead" in answer.json()["detail"]
    assert Hook.objects.filter(slug="tool_error").exists()
    assert admin_client.patch("/api/hooks/tool_error", {"enabled": False}, JSON).json()["enabled"] is False


@pytest.mark.parametrize(
    "change, field",
    [
        ({"colour": 7.5, "colr": "red"}, "colr"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": "sci-fi"}, "slug"),
        ({"tempo": "fast"}, "tempo"),
        ({"voice": "loud"}, ""),
        ({"colour": "red"}, ""),
        ({"name": "x" * 81}, "name"),
    ],
)
def test_a_wrong_field_is_named_in_a_problem(admin_client: Client, change, field):
    answer = admin_client.post("/api/themes", new_theme(**change), JSON)
    problem = answer.json()
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    assert (problem["title"], problem["status"]) == ("Bad Request", 400)
    assert field in problem["errors"] and problem["detail"]
    assert not Theme.objects.filter(slug="glass").exists()


@pytest.mark.parametrize("path", ["/api/themes/none", "/api/themes/none/variations", "/api/hooks/a%20b"])
def test_what_is_not_there_is_a_problem_of_the_same_shape(admin_client: Client, path):
    problem = admin_client.get(path).json()
    assert problem["status"] == 404 and problem["title"] == "Not Found" and problem["detail"]


@pytest.mark.parametrize("body", ["{", "[1, 2]", "null", '"text"', '{"tempo": NaN}', '{"slug": "\\ud800"}'])
def test_a_body_that_is_no_object_is_a_problem(admin_client: Client, body):
    answer = admin_client.post("/api/themes", body, JSON)
    assert answer.status_code == 400 and answer.json()["detail"]


def test_another_content_type_is_a_problem(admin_client: Client):
    answer = admin_client.post("/api/themes", "<theme/>", "application/xml")
    assert answer.status_code == 415 and "application/xml" in answer.json()["detail"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["slug", "name", "description", "style", "colour", "tempo", "tonic", "voice", "position", "enabled"]


@given(body=st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_is_sent_is_made_or_refused_in_words(admin_client: Client, body):
    answer = admin_client.patch("/api/themes/nature", json.dumps(body), JSON)
    assert answer.status_code == 200 or (answer.status_code == 400 and answer.json()["detail"])
    Theme.objects.get(pk=Theme.objects.order_by("pk")[2].pk).spec()


def test_the_schema_and_its_pages_need_no_other_host(admin_client: Client):
    schema = admin_client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    assert schema["openapi"].startswith("3.") and "/api/themes/{slug}" in schema["paths"]
    answer = schema["paths"]["/api/engines"]["get"]["responses"]["200"]["content"]["application/json"]
    assert answer["schema"]["items"]["$ref"].endswith("/Engine")
    assert {"token": []} in schema["paths"]["/api/hooks"]["get"]["security"]
    page = admin_client.get("/api/docs/").content.decode()
    assert "swagger-ui" in page and "https://" not in page.replace("https://spec.openapis.org", "")


def test_the_api_can_be_browsed(admin_client: Client):
    root = admin_client.get("/api/", headers={"Accept": "text/html"}).content.decode()
    assert "/api/themes" in root and "/api/engines" in root

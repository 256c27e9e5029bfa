"""Settings: a wrong value stops the start with one sentence; every variable is documented."""

from __future__ import annotations

import re

import pytest

from tests.support.studio import ROOT


@pytest.mark.parametrize(
    "name, value, sentence",
    [
        ("API_PORT", "http", "API_PORT must be a whole number from 1 to 65535, not “http”."),
        ("API_PORT", "70000", "API_PORT must be a whole number from 1 to 65535, not 70000."),
        ("DEBUG", "ture", "DEBUG must be true or false, not “ture”."),
        ("WORKER_CONCURRENCY", "0", "WORKER_CONCURRENCY must be a whole number from 1 to 32, not 0."),
        ("MODEL_IDLE_TIMEOUT_SEC", "soon", "MODEL_IDLE_TIMEOUT_SEC must be a whole number of seconds"),
        ("TIME_ZONE", "Mars/Base", "TIME_ZONE must be a zone such as Europe/Vienna, not “Mars/Base”."),
        ("TIME_ZONE", "../../etc/passwd", "TIME_ZONE must be a zone such as"),
        ("ENV_FILE", "/nope", "ENV_FILE names /nope, which is not there."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “LOUD”."),
        ("PUBLIC_URL", "mac-mini", "PUBLIC_URL must be an address such as"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_sentence_and_exit_code_2(studio, name, value, sentence):
    studio.environment[name] = value
    ended = studio.manage("check", check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Error: {sentence}")
    assert ended.stderr.count("\n") == 1


def test_a_data_folder_that_cannot_be_written_is_one_sentence(studio, unwritable):
    studio.environment |= {"DATA_DIR": str(unwritable), "SECRET_KEY": ""}
    ended = studio.manage("check", check=False)
    assert ended.returncode == 2
    assert "cannot be written" in ended.stderr and ended.stderr.count("\n") == 1


def test_never_keeps_the_engine_for_ever(studio):
    studio.environment["MODEL_IDLE_TIMEOUT_SEC"] = "never"
    assert (
        studio.python("from django.conf import settings; print(settings.MODEL_IDLE_TIMEOUT_S)").stdout
        == "None\n"
    )


def test_the_secret_key_is_drawn_once_and_kept_private(studio):
    studio.environment["SECRET_KEY"] = ""
    read = "from django.conf import settings; print(settings.SECRET_KEY)"
    first = studio.python(read).stdout
    assert len(first) > 40 and studio.python(read).stdout == first
    assert (studio.data / "secret_key").stat().st_mode & 0o077 == 0


def test_every_variable_the_settings_read_is_in_the_example():
    source = (ROOT / "ccbell_site" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    example = (ROOT / ".env.example").read_text()
    documented = set(re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE))
    assert read == documented


def test_a_dotenv_that_is_no_text_is_one_sentence(studio):
    (studio.data / "env").write_bytes(b"API_PORT=8000\n\xff\xfe\x00")
    studio.environment["ENV_FILE"] = str(studio.data / "env")
    ended = studio.manage("check", check=False)
    assert ended.returncode == 2
    assert "cannot be read as text" in ended.stderr and "Traceback" not in ended.stderr


def test_a_studio_behind_https_passes_the_deployment_check(studio):
    studio.environment |= {
        "PUBLIC_URL": "https://mac-mini.example.ts.net",
        "SECRET_KEY": "".join(chr(33 + number % 90) for number in range(60)),
    }
    assert "no issues" in studio.manage("check", "--deploy", "--fail-level", "WARNING").stdout


def test_plain_http_within_a_network_of_ones_own_keeps_cookies_usable(studio):
    studio.environment["PUBLIC_URL"] = "http://mac-mini:8000"
    told = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"
    assert studio.python(told).stdout.split() == ["False", "False"]

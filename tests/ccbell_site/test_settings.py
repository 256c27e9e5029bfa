"""Settings: a wrong value stops the start with one sentence; every variable is documented."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
import subprocess
import urllib.request

import environ
import pytest

from ccbell_site import env
from sounds.engines.stable_audio.files import MODEL, folder_name
from tests.support.ports import free_port
from tests.support.studio import ROOT, about_sqlite, wait_for


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
        ("DATABASE_URL", "mysql://a:b@c/d", "DATABASE_URL must be empty or an address such as postgres://"),
        ("DATABASE_URL", "postgres://host/", "DATABASE_URL must be empty or an address such as postgres://"),
        ("DATABASE_URL", "postgres://a:se/cret@b/c", "DATABASE_URL must be empty or an address such as"),
        ("Q_BROKER", "rabbit", "Q_BROKER must be one of orm, redis, not “rabbit”."),
        ("Q_BROKER", "redis", "Q_BROKER=redis needs REDIS_URL, such as redis://127.0.0.1:6379/0."),
        ("REDIS_URL", "127.0.0.1:6379", "REDIS_URL must be empty or an address such as redis://"),
        ("REDIS_URL", "redis://:cret@host:x/0", "REDIS_URL must be empty or an address such as redis://"),
        ("WORKER_LANES", "neural,gpu", "WORKER_LANES must be empty or some of neural, procedural, network"),
        ("PUBLIC_URL", "http://[", "PUBLIC_URL must be an address such as"),
        ("PUBLIC_URL", "http://mac-mini:port", "PUBLIC_URL must be an address such as"),
        ("PUBLIC_URL", "http://mac-mini/studio", "PUBLIC_URL must end with the name or the port"),
        ("API_HOST", "http://localhost", "API_HOST must be an address of this machine such as"),
        ("API_HOST", "256.1.1.1", "API_HOST must be an address of this machine such as"),
        ("API_HOST", "two words", "API_HOST must be an address of this machine such as"),
        ("ALLOWED_HOSTS", "mac-mini,http://x", "ALLOWED_HOSTS must be names such as mac-mini"),
        ("WORKER_CONCURRENCY", "33", "WORKER_CONCURRENCY must be a whole number from 1 to 32, not 33."),
        ("JOB_DEADLINE_SEC", "0", "JOB_DEADLINE_SEC must be a whole number from 1 to 86400, not 0."),
        ("MODEL_DEVICE", "tpu", "MODEL_DEVICE must be one of auto, cuda, mps, cpu, not “tpu”."),
        ("MODEL_IDLE_TIMEOUT_SEC", "-1", "MODEL_IDLE_TIMEOUT_SEC must be a whole number of seconds"),
        ("MODEL_IDLE_TIMEOUT_SEC", "9" * 20, "MODEL_IDLE_TIMEOUT_SEC must be a whole number of seconds"),
        ("PUBLIC_URL", "http://my_mac:8000", "PUBLIC_URL: a host's name has no underscore"),
        ("ALLOWED_HOSTS", "my_mac", "ALLOWED_HOSTS: a host's name has no underscore"),
        ("DATA_DIR", "$NOWHERE_SET/data", "DATA_DIR: $NOWHERE_SET is not set; write the folder out."),
        ("STATIC_ROOT", "${NOWHERE_SET}/x", "STATIC_ROOT: ${NOWHERE_SET} is not set; write the folder out."),
        ("AUDIO_RETENTION_HOURS", "a day", "AUDIO_RETENTION_HOURS must be a whole number from 0"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must be empty or an address such as redis://"),
        ("DATABASE_URL", "mysql://x:secret@y/z", "DATABASE_URL must be empty or an address such as postgres://"),
        ("Q_BROKER", "kafka", "Q_BROKER must be one of orm, redis, not “kafka”."),
        ("AUDIO_STORE", "ftp", "AUDIO_STORE must be one of disk, s3, not “ftp”."),
        ("DATA_DIR", "README.md/data", "DATA_DIR: the folder"),
        ("AUDIO_OUTPUT_DIR", "README.md/audio", "AUDIO_OUTPUT_DIR: the folder"),
        ("MODEL_CACHE_DIR", "README.md", "MODEL_CACHE_DIR: the folder"),
        ("HF_HOME", "README.md", "HF_HOME must name a folder, but"),
        ("HF_HUB_CACHE", "README.md", "HF_HUB_CACHE must name a folder, but"),
        ("HUGGINGFACE_HUB_CACHE", "README.md", "HUGGINGFACE_HUB_CACHE must name a folder, but"),
        ("GITHUB_TOKEN", "secret words", "GITHUB_TOKEN must be a token as GitHub shows it, in one word."),
        ("GITHUB_TOKEN", "tokén-secret", "GITHUB_TOKEN must be a token as GitHub shows it, in one word."),
        ("GITHUB_REPO_OWNER", "somebody/packs", "GITHUB_REPO_OWNER must be the bare name"),
        ("GITHUB_REPO_NAME", "https://github.com/somebody/packs", "GITHUB_REPO_NAME must be the bare name"),
        ("GITHUB_API_URL", "api.github.com", "GITHUB_API_URL must be an address such as"),
        ("GITHUB_API_URL", "ftp://api.github.com", "GITHUB_API_URL must be an address such as"),
        ("GITHUB_API_URL", "https://[", "GITHUB_API_URL must be an address such as"),
        ("GITHUB_API_URL", "https://me:secret@api.github.com", "GITHUB_API_URL must be an address such as"),
        ("GITHUB_API_URL", "http://api.github.com", "GITHUB_API_URL must begin with https://"),
        ("GITHUB_API_URL", "http://127.0.0.1.evil.example", "GITHUB_API_URL must begin with https://"),
        ("GITHUB_TIMEOUT_SEC", "0", "GITHUB_TIMEOUT_SEC must be a whole number from 1 to 3600"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_sentence_and_exit_code_2(studio, name, value, sentence):
    studio.environment[name] = value
    ended = studio.manage("check", check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Error: {sentence}")
    assert ended.stderr.count("\n") == 1 and "secret" not in ended.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "web"],
        ["manage.py", "worker"],
        ["manage.py", "prepare"],
        ["manage.py", "doctor"],
        ["-m", "ccbell_site.run"],
    ],
    ids=" ".join,
)
def test_nothing_starts_with_a_wrong_value(studio, command):
    studio.environment["MODEL_DEVICE"] = "tpu"
    process = studio.start(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err == "Error: MODEL_DEVICE must be one of auto, cuda, mps, cpu, not “tpu”.\n"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_web_server_listens_where_it_is_told_to(studio, host):
    port = free_port()
    studio.environment |= {"API_HOST": host, "API_PORT": str(port)}
    studio.start("manage.py", "web", stdout=subprocess.DEVNULL)

    def answers() -> bool:
        try:
            return urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=5).status == 200
        except OSError:
            return False

    wait_for(answers)


@about_sqlite
@pytest.mark.parametrize(
    "command", [["web"], ["worker"], ["create_token", "ada", "--scope", "read"], ["changepassword", "ada"]]
)
def test_a_database_that_was_not_prepared_is_one_sentence(studio, tmp_path, command):
    studio.environment |= {"DATA_DIR": str(tmp_path / "new"), "API_PORT": str(free_port())}
    ended = studio.manage(*command, check=False)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1
    assert "The database is not prepared; run:" in ended.stderr


def test_a_port_that_is_taken_is_one_sentence(studio):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        studio.environment["API_PORT"] = str(taken.getsockname()[1])
        ended = studio.manage("web", check=False)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1
    assert "cannot be used" in ended.stderr and "set API_HOST or API_PORT" in ended.stderr


def test_workers_audio_folder_and_idle_time_are_as_told(studio, tmp_path):
    studio.environment |= {
        "WORKER_CONCURRENCY": "1",
        "AUDIO_OUTPUT_DIR": str(tmp_path / "elsewhere"),
        "MODEL_IDLE_TIMEOUT_SEC": "1",
    }
    studio.start("manage.py", "worker")
    wait_for(lambda: studio.living_workers() == 1)
    studio.submit("a tone")
    wait_for(lambda: studio.statuses() == ["succeeded"])
    assert list((tmp_path / "elsewhere" / "generated").rglob("*.wav"))
    wait_for(lambda: not studio.hosts(), timeout=20)
    assert studio.living_workers() == 1


@pytest.mark.parametrize(
    "name, below",
    [("MODEL_CACHE_DIR", ""), ("HF_HOME", "hub"), ("HF_HUB_CACHE", ""), ("HUGGINGFACE_HUB_CACHE", "")],
)
def test_a_model_is_found_where_a_variable_says(studio, tmp_path, name, below):
    def why_not() -> str:
        engines = json.loads(studio.manage("engines", "--json").stdout)
        return next(one["why_not"] for one in engines if one["id"] == "stable-audio-open-small")

    folder = tmp_path / "cache" / below / folder_name(MODEL.ids[0]) / "snapshots" / ("0" * 40)
    folder.mkdir(parents=True)
    for file in MODEL.files:
        (folder / file).touch()
    assert "The model Stable Audio Open Small is not installed" in why_not()
    studio.environment[name] = "$CACHES/cache"
    studio.environment["CACHES"] = str(tmp_path)
    assert "The text encoder" in why_not(), "the model itself is there"


def test_an_address_may_end_with_a_slash(studio):
    studio.environment["PUBLIC_URL"] = "http://mac-mini:8000/"
    read = "from django.conf import settings as s; print(s.PUBLIC_URL, s.ALLOWED_HOSTS[0])"
    assert studio.python(read).stdout == "http://mac-mini:8000 mac-mini\n"


@pytest.mark.parametrize(
    "typed, meant, host",
    [
        ("HTTP://Mac-Mini:8000", "http://mac-mini:8000", "mac-mini"),
        ("https://mac-mini.example.net:443", "https://mac-mini.example.net", "mac-mini.example.net"),
        ("http://mac-mini.", "http://mac-mini.", "mac-mini"),
        ("http://[FD7A:0:0::1]:8000", "http://[fd7a:0:0::1]:8000", "[fd7a::1]"),
    ],
)
def test_an_address_is_taken_as_browsers_write_it_and_answered_to(studio, typed, meant, host):
    studio.environment |= {"PUBLIC_URL": typed, "ALLOWED_HOSTS": "fd7a::2,[fd7a::3],Mac,.example.org."}
    read = (
        "from django.conf import settings as s; print(s.PUBLIC_URL, s.ALLOWED_HOSTS[0], *s.ALLOWED_HOSTS[4:])"
    )
    assert studio.python(read).stdout.split() == [
        meant,
        host,
        "[fd7a::2]",
        "[fd7a::3]",
        "Mac",
        ".example.org",
    ]


def test_of_two_lines_for_one_variable_the_last_one_counts(studio, tmp_path):
    (tmp_path / "env").write_text("TIME_ZONE=CET\nLOG_LEVEL=ERROR\nTIME_ZONE=Europe/Vienna\n")
    studio.environment["ENV_FILE"] = str(tmp_path / "env")
    read = "from django.conf import settings; print(settings.TIME_ZONE)"
    assert studio.python(read).stdout == "Europe/Vienna\n"


def test_what_is_empty_has_its_default(studio):
    example = (ROOT / ".env.example").read_text()
    names = set(re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE)) - {"DATA_DIR", "ENV_FILE"}
    studio.environment |= dict.fromkeys(names, "")
    assert studio.manage("check").returncode == 0


def test_every_line_of_the_example_may_be_taken_as_it_is(studio, tmp_path):
    example = (ROOT / ".env.example").read_text()
    lines = re.sub(r"^# (?=[A-Z_]+=)", "", example, flags=re.MULTILINE)
    (tmp_path / "env").write_text(re.sub(r"^ENV_FILE=.*", "", lines, flags=re.MULTILINE))
    for name in re.findall(r"^([A-Z_]+)=", lines, re.MULTILINE):
        if name not in ("DATA_DIR", "AUDIO_OUTPUT_DIR", "MODEL_CACHE_DIR", "STATIC_ROOT"):
            studio.environment.pop(name, None)
    studio.environment |= {"ENV_FILE": str(tmp_path / "env"), "STATIC_ROOT": str(tmp_path / "static")}
    read = "from django.conf import settings as s; print(s.API_HOST, s.API_PORT, s.Q_BROKER)"
    assert studio.python(read).stdout == "127.0.0.1 8000 orm\n"


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


@pytest.mark.parametrize(
    "line, value",
    [
        ("LOG_LEVEL=DEBUG", "DEBUG"),
        ("export LOG_LEVEL=DEBUG", "DEBUG"),
        ("  LOG_LEVEL=DEBUG  ", "DEBUG"),
        ("LOG_LEVEL=DEBUG   # much", "DEBUG"),
        ('LOG_LEVEL="DEBUG" # much', "DEBUG"),
        ("LOG_LEVEL='DEBUG'", "DEBUG"),
        ("\ufeffLOG_LEVEL=DEBUG\r", "DEBUG"),
        ("LOG_LEVEL=   # nothing", "INFO"),
        ("# LOG_LEVEL=DEBUG", "INFO"),
    ],
)
def test_a_dotenv_may_have_remarks_quotes_and_spaces(tmp_path, monkeypatch, line, value):
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    (tmp_path / ".env").write_text(f"{line}\n\n# the end\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environ.Env, "ENVIRON", os.environ)
        assert env.read_dotenv("ENV_FILE", tmp_path / "none") == tmp_path / ".env"
        assert (env.text("LOG_LEVEL") or "INFO") == value
        os.environ.pop("LOG_LEVEL", None)


def test_a_sign_in_a_value_is_no_remark(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("""PASS=a#b\nQUOTED="a # b"\nSINGLE='c # d'\n""")
    for name in ("PASS", "QUOTED", "SINGLE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    env.read_dotenv("NO_ENV_FILE", tmp_path / ".env")
    assert [os.environ[name] for name in ("PASS", "QUOTED", "SINGLE")] == ["a#b", "a # b", "c # d"]


@pytest.mark.parametrize("line", ["GITHUB_TOKEN = secret", "secret", "GITHUB-TOKEN=secret", "=secret"])
def test_a_line_that_sets_nothing_is_refused_without_repeating_it(studio, line):
    (studio.data / "env").write_text(f"API_PORT=8000\n{line}\n")
    studio.environment["ENV_FILE"] = str(studio.data / "env")
    ended = studio.manage("check", check=False)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("Error: Line 2 of ") and "secret" not in ended.stderr


def test_a_dotenv_that_is_a_folder_is_one_sentence(studio):
    studio.environment["ENV_FILE"] = str(studio.data)
    ended = studio.manage("check", check=False)
    assert ended.returncode == 2 and ended.stderr == (
        f"Error: {studio.data} is a folder; it must be a file with lines such as API_PORT=8000.\n"
    )


def variables_read() -> set[str]:
    """The names that settings.py and env.py give to what reads the environment."""
    found = set()
    for module in ("settings", "env"):
        tree = ast.parse((ROOT / "ccbell_site" / f"{module}.py").read_text())
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            words = [one.value for one in call.args if isinstance(one, ast.Constant)]
            found |= {
                word
                for word in words
                if isinstance(word, str) and re.fullmatch("[A-Z]+(_[A-Z]+)+|DEBUG", word)
            }
    return found


def test_every_variable_the_settings_read_is_in_the_example():
    example = (ROOT / ".env.example").read_text()
    assert variables_read() == set(re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE))


def test_the_page_of_settings_tells_what_the_example_does():
    page, _, of_containers = (ROOT / "docs" / "settings.md").read_text().partition("## Only in containers")
    row = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\|", re.MULTILINE)
    example = (ROOT / ".env.example").read_text()
    wanted = dict(re.findall(r"^# ([A-Z_]+)=([^\s#]*)", example, re.MULTILINE))
    assert dict(row.findall(page)) == wanted
    compose = (ROOT / "docker-compose.yml").read_text()
    for name, default in row.findall(of_containers):
        assert f"${{{name}:-{default}}}" in compose


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

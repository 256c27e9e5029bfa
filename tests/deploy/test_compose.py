"""The compose files and the Dockerfile, held against their schema, their linter and the studio."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ccbell_site import settings as studio_settings
from tests.deploy.compose import compose
from tests.deploy.dockerfile import Dockerfile, context, pairs
from tests.support.studio import ROOT, wait_for

TOOLS = Path(sys.prefix, "bin")
DEFAULTS = compose()
SERVICES = DEFAULTS["services"]
SCALE = ("postgres", "redis", "store")


def tool(name: str, *arguments: str) -> str:
    ended = subprocess.run([TOOLS / name, *arguments], cwd=ROOT, capture_output=True, text=True)
    return ended.stdout + ended.stderr if ended.returncode else ""


def test_the_compose_files_keep_to_the_compose_specification():
    files = ["docker-compose.yml", "docker-compose.dev.yml"]
    assert not tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", *files)


def test_the_linter_has_nothing_to_say_about_the_dockerfile():
    assert not tool("hadolint", "Dockerfile")


def test_nothing_is_reached_from_elsewhere_unless_somebody_says_so():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}
    opened = compose(API_HOST="100.64.0.7", API_PORT="9000")["services"]["web"]
    assert opened["ports"] == ["100.64.0.7:9000:8000"]
    assert opened["environment"]["PUBLIC_URL"] == "http://localhost:9000"
    assert opened["environment"]["API_PORT"] == 8000


def test_every_service_gives_up_its_rights_and_has_its_limits():
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"], name
    limits = {
        name: service["deploy"]["resources"]["limits"]["memory"]
        for name, service in SERVICES.items()
        if "deploy" in service
    }
    assert limits == {"web": "512M", "worker": "8G", "postgres": "1G", "redis": "256M", "store": "512M"}


def test_what_grows_the_studio_is_in_its_profile_alone():
    assert {name for name, service in SERVICES.items() if "profiles" in service} == set(SCALE)
    # Compose asks for required variables even where their profile is not wanted.
    assert ":?" not in (ROOT / "docker-compose.yml").read_text()


def test_folders_of_this_machine_take_the_place_of_volumes():
    volumes = compose(AUDIO_HOST_PATH="/srv/audio", MODEL_CACHE_PATH="/srv/models")["services"]["worker"][
        "volumes"
    ]
    assert volumes[1:] == ["/srv/audio:/audio", "/srv/models:/models"]
    assert volumes[0]["source"] == "data"
    named = {volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
             for service in SERVICES.values() for volume in service.get("volumes", [])}  # fmt: skip
    assert named == set(DEFAULTS["volumes"])


def test_the_image_gets_every_app_and_neither_secrets_nor_data():
    files = set(context(ROOT))
    tops = {path.parts[0] for path in files if len(path.parts) > 1}
    apps = {
        app.split(".")[0] for app in studio_settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()
    }
    assert tops == apps | {"static", "templates", "deploy"}
    assert {path for path in files if path.parts[0] == "deploy"} == {
        Path("deploy/__init__.py"), Path("deploy/alive.py"),
    }  # fmt: skip
    assert not [path for path in files if path.suffix in (".pyc", ".sqlite3") or path.name.startswith(".env")]
    assert Path("LICENSE") in files and Path("packs/installer/alone.py") in files


def test_who_works_on_the_studio_sees_every_change_of_its_code():
    code = {path.parts[0] for path in context(ROOT) if len(path.parts) > 1} - {"deploy"}
    for name, service in compose("docker-compose.dev.yml")["services"].items():
        assert service["volumes"] == [f"./{top}:/app/{top}:ro" for top in sorted(code)], name
        watched = {one["path"] for one in service["develop"]["watch"] if one["action"] == "restart"}
        assert watched == code


def test_the_image_says_the_version_that_it_holds():
    (labels,) = [
        pairs(one.rest) for one in Dockerfile.read(ROOT / "Dockerfile").stages["base"].instructions
        if one.word == "LABEL"
    ]  # fmt: skip
    assert labels["org.opencontainers.image.version"] == studio_settings.VERSION


@pytest.fixture
def scaled(tmp_path: Path) -> dict[str, str]:
    return _variables(_scale_env(tmp_path).stdout)


def _scale_env(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.scale_env"], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def _variables(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


def test_the_settings_of_the_profile_are_taken_by_the_studio_and_by_its_services(scaled, tmp_path):
    services = compose(**scaled)["services"]
    code = (
        "import json; from ccbell_site import settings as s; database = s.DATABASES['default'];"
        "print(json.dumps([database['HOST'], database['PASSWORD'], s.Q_BROKER, s.REDIS_URL, s.AUDIO_STORE]))"
    )
    environment = {"ENV_FILE": os.devnull, "DATA_DIR": str(tmp_path), "PATH": os.defpath, **scaled}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    host, password, broker, redis, store = json.loads(told.stdout)
    assert (host, broker, store) == ("postgres", "redis", "s3") and host in services
    assert password == services["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert redis == f"redis://:{services['redis']['environment']['REDISCLI_AUTH']}@redis:6379/0"
    assert services["store"]["environment"]["ROOT_SECRET_ACCESS_KEY"] == scaled["AWS_SECRET_ACCESS_KEY"]
    assert services["store"]["volumes"] == [f"objects:/buckets/{scaled['AWS_STORAGE_BUCKET_NAME']}"]
    assert services["worker"]["volumes"][0] == {"type": "volume", "source": "", "target": "/data"}
    assert services["worker"]["environment"]["AUDIO_OUTPUT_DIR"].startswith("/data/")


def test_passwords_in_use_are_not_drawn_again(tmp_path):
    drawn = _scale_env(tmp_path).stdout
    assert drawn != _scale_env(tmp_path).stdout
    (tmp_path / ".env").write_text(drawn)
    again = _scale_env(tmp_path)
    assert again.returncode == 2 and again.stdout == ""
    assert again.stderr == "SECRET_KEY is set in .env already, and stays; nothing was written.\n"


@pytest.mark.skipif(not shutil.which("redis-server"), reason="there is no redis-server here")
def test_redis_starts_as_it_stands_and_is_healthy_for_who_knows_the_password(scaled, tmp_path):
    service = compose(**scaled)["services"]["redis"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    redis = subprocess.Popen(
        [*service["command"], "--port", port, "--bind", "127.0.0.1"], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    client, *ping = service["healthcheck"]["test"][1:]
    ask = [client, "-p", port, *ping]
    knows = {**os.environ, **service["environment"]}

    def said(command: list[str], environment: dict[str, str]) -> str:
        return subprocess.run(command, env=environment, capture_output=True, text=True).stdout

    try:
        wait_for(lambda: said(ask, knows) == "PONG\n")
        assert "NOAUTH" in said(ask, {"PATH": os.environ["PATH"]})
        assert "volatile-ttl" in said([client, "-p", port, "config", "get", "maxmemory-policy"], knows)
    finally:
        redis.terminate()
        redis.wait(timeout=10)
    assert not list(tmp_path.glob("*.rdb"))

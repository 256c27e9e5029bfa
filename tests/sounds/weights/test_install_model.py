"""The command as a person runs it: real processes, real HTTP, a small model of the real architecture."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sounds.weights.conftest import failure, installed, know_only, serving
from tests.support.fake_hub import STRANGER, TOKEN, FakeHub
from tests.support.studio import Studio, wait_for
from tests.support.terminal import Terminal

pytestmark = pytest.mark.slow

MODEL = "stable-audio-open-small"
NAME = "model.safetensors"
LOAD = ("install_model", MODEL, "--yes", "--json")


def size(tiny: Path, *parts: str) -> int:
    return tiny.joinpath(*parts).stat().st_size


def weights_of(tiny: Path) -> int:
    return size(tiny, NAME) + size(tiny, "t5-base", NAME)


def cache_of(studio: Studio) -> Path:
    return studio.data / "models"


def begin(studio: Studio, *, token: bool = True, **options: object) -> subprocess.Popen[str]:
    """Start loading and wait until the hub holds it up in the middle of the model."""
    given = ("--token-file", str(token_file(studio))) if token else ()
    command = studio.start("manage.py", *LOAD, *given, **options)
    wait_for(lambda: partial_size(studio) == HELD)
    return command


HELD = 2_000_000


def partial_size(studio: Studio) -> int:
    size = 0
    for path in cache_of(studio).rglob("blobs/*.incomplete"):
        with contextlib.suppress(FileNotFoundError):  # it is whole by now, and has another name
            size += path.stat().st_size
    return size


def token_file(studio: Studio, token: str = TOKEN) -> Path:
    path = studio.data / "token"
    path.write_text(f"{token}\n")
    return path


def load(studio: Studio, *args: str) -> dict[str, object]:
    ran = studio.manage(*LOAD, "--token-file", str(token_file(studio)), *args, check=False)
    assert ran.returncode == 0, ran.stderr
    result: dict[str, object] = json.loads(ran.stdout)
    return result


@dataclass
class Installation:
    """A studio whose model came from a hub, and what the command said of it."""

    studio: Studio
    hub: FakeHub
    said: str
    log: str


@pytest.fixture(scope="module")
def done(
    tiny: Path, prepared_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """The whole installation, done once; not to be changed."""
    studio = Studio(tmp_path_factory.mktemp("installed"))
    shutil.copy(prepared_database, studio.data)
    with serving(tiny) as hub:
        know_only(hub, studio, tmp_path_factory.mktemp("home"))
        studio.environment["HF_TOKEN"] = TOKEN
        ran = studio.manage("install_model", MODEL, "--yes")
        yield Installation(studio, hub, ran.stdout, ran.stderr)


def test_a_person_sees_terms_sizes_and_place_and_what_to_do_next(done, tiny):
    assert done.hub.served[NAME] == weights_of(tiny)
    for words in (
        "Stable Audio Open Small",
        "Stability AI Community License",
        "https://huggingface.co/stabilityai/stable-audio-open-small/blob/main/LICENSE.md",
        "stabilityai/stable-audio-open-small, about 2.0 GB, needs a token",
        "google-t5/t5-base, about 894 MB, Apache-2.0",
        str(cache_of(done.studio)),
        "is installed (7.1 MB)",
        "Next: make pack THEME=sci-fi ENGINE=stable-audio-open-small",
    ):
        assert words in done.said


def test_what_was_installed_is_found_by_the_hubs_own_library_and_by_transformers(done, tiny):
    offline = {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(cache_of(done.studio))}
    reader = Studio(done.studio.data, **done.studio.environment | offline)
    code = """
from huggingface_hub import hf_hub_download
from transformers import AutoTokenizer, T5EncoderModel
for name in ("model_config.json", "model.safetensors"):
    print(hf_hub_download("stabilityai/stable-audio-open-small", name, local_files_only=True))
T5EncoderModel.from_pretrained("google-t5/t5-base")
AutoTokenizer.from_pretrained("google-t5/t5-base")
"""
    config, weights = reader.python(code).stdout.split()
    assert Path(config).read_bytes() == (tiny / "model_config.json").read_bytes()
    assert Path(weights).read_bytes() == (tiny / NAME).read_bytes()


def test_installing_twice_says_so_and_loads_nothing(done):
    assert "was installed already" not in done.said
    served = done.hub.served.total()
    again = done.studio.manage("install_model", MODEL).stdout
    assert "was installed already; it is checked" in again
    assert done.hub.served.total() == served


def test_a_killed_download_goes_on_where_it_was(installing, real_hub, tiny):
    real_hub.faults.hold_after = HELD
    command = begin(installing)
    command.send_signal(signal.SIGKILL)
    wait_for(lambda: not installing.running("sounds.weights.fetch"))
    assert not installed(installing)
    real_hub.release()
    load(installing)
    assert installed(installing)
    assert real_hub.served[NAME] <= weights_of(tiny) + 1_000_000  # what was on its way when it was killed
    assert installing.statuses() == ["succeeded"]


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
def test_a_wish_to_stop_keeps_what_was_loaded_and_leaves_no_job_behind(installing, real_hub, wish):
    real_hub.faults.hold_after = HELD
    command = begin(installing, stderr=subprocess.PIPE)
    command.send_signal(wish)
    _, said = command.communicate(timeout=20)
    assert command.returncode == 130
    assert said.strip() == "Stopped. What was loaded is kept; the same command goes on from there."
    assert installing.statuses() == ["cancelled"]
    assert partial_size(installing) == HELD
    assert not installing.running("sounds.weights.fetch")


def test_a_job_that_is_cancelled_ends_the_download(installing, real_hub):
    real_hub.faults.hold_after = HELD
    command = begin(installing, stderr=subprocess.PIPE)
    installing.python("from jobs.models import Job\nJob.objects.get().cancel()")
    _, said = command.communicate(timeout=20)
    assert command.returncode == 2
    assert said.strip() == "CommandError: The installation was cancelled; run it again to go on."
    assert installing.statuses() == ["cancelled"]
    assert not installing.running("sounds.weights.fetch")


def test_a_downloading_process_that_is_killed_is_one_sentence(installing, real_hub):
    real_hub.faults.hold_after = HELD
    command = begin(installing, stderr=subprocess.PIPE)
    installing.running("sounds.weights.fetch")[0].kill()
    _, said = command.communicate(timeout=20)
    assert "The installing process died (SIGKILL); run it again and it goes on where it stopped." in said


def test_the_token_is_nowhere_but_in_the_requests(done):
    assert {token for seen in done.hub.tokens_seen.values() for token in seen} == {TOKEN}
    assert TOKEN not in done.said and TOKEN not in done.log
    assert not holds_the_token(done.studio)


def test_the_token_of_a_file_is_on_no_command_line_and_in_no_other_file(installing, real_hub):
    real_hub.faults.hold_after = HELD
    begin(installing)
    assert not any(TOKEN in word for process in installing.family() for word in process.cmdline())
    token_file(installing).unlink()
    assert not holds_the_token(installing)


def holds_the_token(studio: Studio) -> list[Path]:
    files = (path for path in studio.data.rglob("*") if path.is_file())
    return [path for path in files if TOKEN.encode() in path.read_bytes()]


def test_at_a_terminal_licence_and_token_are_asked_for_and_the_token_is_not_shown(installing, real_hub):
    real_hub.faults.hold_after = HELD
    with Terminal("manage.py", "install_model", MODEL, environment=installing.environment) as terminal:
        terminal.read_until("Do you accept the Stability AI Community License? [y/N] ")
        terminal.write("y\n")
        terminal.read_until("not shown): ")
        terminal.write(f"{TOKEN}\n")
        terminal.read_until(" of 7.13 MB")
        real_hub.release()
        terminal.read_until("checking that the model is whole")
        terminal.read_until("Next: make pack")
        assert terminal.ended() == 0
        assert TOKEN not in terminal.seen


def test_who_does_not_accept_installs_nothing(installing):
    with Terminal("manage.py", "install_model", MODEL, environment=installing.environment) as terminal:
        terminal.read_until("[y/N] ")
        terminal.write("\n")
        terminal.read_until("Nothing was installed.")
        assert terminal.ended() == 2


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("hf_unknown", "The hub does not accept this token"),
        (STRANGER, "accept its licence at https://huggingface.co/stabilityai/stable-audio-open-small"),
        ("two words", "That is no token"),
    ],
)
def test_a_token_that_does_not_open_the_model_is_one_sentence_on_the_job(installing, token, words):
    said = failure(installing, *LOAD, "--token-file", str(token_file(installing, token)))
    assert words in said
    assert token not in said
    assert all(words in error for (error,) in installing.rows("select error from jobs_job"))


def test_a_token_that_the_hubs_library_has_stored_is_used(installing, real_hub, home):
    (home / "hf").mkdir()
    (home / "hf" / "token").write_text(TOKEN)
    real_hub.faults.hold_after = HELD
    begin(installing, token=False)
    assert {token for seen in real_hub.tokens_seen.values() for token in seen} == {TOKEN}


def test_without_a_token_a_terminal_or_a_yes_one_sentence_says_what_to_give(installing, tmp_path):
    assert "needs a token; make one at https://huggingface.co/settings/tokens" in failure(installing, *LOAD)
    assert "Say --yes if you accept" in failure(installing, "install_model", MODEL)
    missing = str(tmp_path / "nowhere")
    assert f"The token file {missing} cannot be read" in failure(installing, *LOAD, "--token-file", missing)
    assert installing.statuses() == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ((), "Say which model to install: stable-audio-open-small."),
        (("bells",), "There is no model “bells” to install; choose one of: stable-audio-open-small."),
        (("procedural",), "The engine procedural needs no model; those that do: stable-audio-open-small."),
    ],
)
def test_what_cannot_be_installed_is_one_sentence_that_lists_what_can(installing, name, words):
    assert words in failure(installing, "install_model", *name)


def test_no_network_is_one_sentence(installing, real_hub):
    real_hub.__exit__()
    said = failure(installing, *LOAD, "--token-file", str(token_file(installing)))
    assert "cannot be reached" in said and "--from DIR" in said


def test_a_hub_that_is_forbidden_is_one_sentence(installing):
    installing.environment["HF_HUB_OFFLINE"] = "1"
    assert "HF_HUB_OFFLINE forbids" in failure(installing, *LOAD, "--token-file", str(token_file(installing)))


def test_without_the_engines_packages_one_sentence_says_how_to_get_them(installing, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['huggingface_hub'] = None\n")
    installing.environment["PYTHONPATH"] += f":{tmp_path}"
    said = failure(installing, *LOAD)
    assert said == "CommandError: Installing a model needs the packages of its engine; run: make neural"


@pytest.mark.exhaustive
def test_two_who_install_at_once_load_it_once(installing, real_hub, tiny):
    real_hub.faults.hold_after = HELD
    first = begin(installing, stdout=subprocess.DEVNULL)
    token = ("--token-file", str(token_file(installing)))
    second = installing.start("manage.py", *LOAD, *token, stdout=subprocess.PIPE)
    real_hub.release()
    assert first.wait(60) == 0
    assert json.loads(second.communicate(timeout=60)[0])["already"]
    assert real_hub.served[NAME] == weights_of(tiny)
    assert installing.statuses() == ["succeeded", "succeeded"]


def test_too_small_a_disk_is_told_before_anything_is_loaded(installing, real_hub):
    real_hub.faults.claimed_size = 10**17
    said = failure(installing, *LOAD, "--token-file", str(token_file(installing)))
    assert "more are needed in" in said and "are free; make room there" in said
    assert real_hub.served[NAME] == 0


def test_a_disk_that_fills_up_is_one_sentence(installing, real_hub, tiny):
    etag = real_hub.repos["stabilityai/stable-audio-open-small"].etag(NAME)
    partial = cache_of(installing) / f"models--stabilityai--{MODEL}" / "blobs" / f"{etag}.incomplete"
    partial.parent.mkdir(parents=True)
    partial.symlink_to("/dev/full")
    said = failure(installing, *LOAD, "--token-file", str(token_file(installing)))
    assert "is full; make room and run it again, what was loaded stays." in said


def test_a_model_that_is_not_ours_is_refused_and_stays_unseen(installing, real_hub, tiny, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(tiny, other)
    config = json.loads((other / "model_config.json").read_text())
    config["model"]["diffusion"]["config"]["depth"] += 1
    (other / "model_config.json").write_text(json.dumps(config))
    real_hub.repos[f"stabilityai/{MODEL}"].folder = other
    said = failure(installing, *LOAD, "--token-file", str(token_file(installing)))
    assert "The files lie in" in said
    assert not installed(installing)


@pytest.mark.exhaustive
def test_a_damaged_installation_is_mended(installing, real_hub):
    folders = load(installing)["folders"]
    path = Path(folders[f"stabilityai/{MODEL}"], NAME).resolve()
    with path.open("r+b") as file:
        file.truncate(1000)
    assert load(installing)["already"] is False
    assert path.stat().st_size > 1000


def test_a_worker_without_the_token_finishes_only_what_needs_none(installing, real_hub: FakeHub):
    real_hub.faults.hold_after = HELD
    begin(installing).send_signal(signal.SIGKILL)
    real_hub.release()
    installing.worker()
    wait_for(lambda: installing.statuses() == ["failed"])
    assert "needs a token" in installing.rows("select error from jobs_job")[0][0]


@pytest.mark.parametrize("token", ["hf_sec\x0cret", "hf_secretä", "hf secret"])
def test_a_token_that_cannot_be_one_is_refused_and_never_shown(installing, token):
    installing.environment["HF_TOKEN"] = token
    said = failure(installing, *LOAD)
    assert "That is no token" in said and "secret" not in said and "\x0c" not in said
    assert "secret" not in str(installing.rows("select error, payload, message from jobs_job"))


def test_without_a_database_nobody_is_asked_anything(installing):
    (installing.data / "studio.sqlite3").unlink()
    ran = installing.manage(*LOAD, check=False)
    assert ran.returncode == 2 and "not prepared" in ran.stderr and "licence" not in ran.stdout

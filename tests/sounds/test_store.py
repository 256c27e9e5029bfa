"""The store of files as most have it: a disk, beside which nothing is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ccbell_site import env
from sounds import store
from sounds.models.sound import folder_of
from sounds.store import discard, here, keep, let_go, let_go_folder, listing
from tests.support.library import a_sound
from tests.support.studio import ROOT, Studio

BUCKET = {
    "bucket_name": "sounds",
    "endpoint_url": "http://127.0.0.1:9000",
    "access_key": "ccbell",
    "secret_key": "top secret",
    "region_name": "",
    "location": "",
}


@pytest.fixture
def audio(settings) -> Path:
    settings.AUDIO_OUTPUT_DIR.mkdir(parents=True)
    return settings.AUDIO_OUTPUT_DIR


def written(path: Path, content: bytes = b"a tone") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_is_kept_on_a_disk_stays_where_it_is(audio):
    path = written(audio / "generated" / "ab" / "sound.wav")
    keep(path)
    store.hand_over(path)
    store.bring([path])
    store.check()
    assert here(path) == path and path.read_bytes() == b"a tone"
    assert [one for one in audio.rglob("*") if one.is_file()] == [path]


def test_what_nobody_has_is_not_found(audio):
    with pytest.raises(FileNotFoundError) as fault:
        here(audio / "temp" / "gone.wav")
    assert fault.value.filename == str(audio / "temp" / "gone.wav")


@pytest.mark.django_db
def test_a_takes_folder_goes_with_its_last_file_and_what_is_freed_is_told(audio):
    folder = folder_of(a_sound().uuid)
    wav, png = written(folder / "sound.wav"), written(folder / "spectrogram.png", b"dark")
    assert discard(wav) == 6 and folder.is_dir()
    assert discard(wav, png) == 4 and not folder.exists()
    assert folder.parent.is_dir()  # somebody may be about to make another take's folder in it


def test_a_folder_that_is_no_takes_stays_when_it_is_empty(audio):
    discard(written(audio / "releases" / "pack.zip"))
    assert (audio / "releases").is_dir()


def test_what_cannot_be_deleted_is_raised_when_the_rest_is_gone(audio):
    bad, good = audio / "generated", written(audio / "temp" / "one.wav")
    bad.mkdir()
    with pytest.raises(OSError):
        discard(bad, good)
    assert bad.is_dir() and not good.exists()
    let_go(bad)  # it says nothing


def test_a_folder_is_let_go_with_all_it_holds(audio):
    written(audio / "generated" / "ab" / "one" / "two" / "sound.wav")
    let_go_folder(audio / "generated" / "ab", audio / "never")
    assert not (audio / "generated" / "ab").exists()


def test_the_listing_tells_keys_sizes_and_moments_below_a_prefix(audio):
    path = written(audio / "generated" / "ab" / "sound.wav")
    written(audio / "generated-by-hand" / "sound.wav")
    ((key, size, moment),) = listing("generated/")
    assert (key, size) == ("generated/ab/sound.wav", 6)
    assert moment.timestamp() == pytest.approx(path.stat().st_mtime, abs=1e-5)
    alike = {key for key, _, _ in listing("generated")}
    assert alike == {"generated/ab/sound.wav", "generated-by-hand/sound.wav"}
    assert list(listing("releases/")) == []


def test_a_disk_needs_nothing_that_buckets_do():
    code = (
        "import sys, django; django.setup()\n"
        "from pathlib import Path\n"
        "from sounds import store, sweep\n"
        "store.keep(Path('x')); store.check(); store.let_go(Path('/tmp/nothing-of-ours'))\n"
        "assert not {'boto3', 'botocore', 'storages', 'sounds.bucket'} & set(sys.modules)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env=environment)


def bucket(**values: str) -> dict:
    return env.bucket("sounds.bucket.Bucket", **BUCKET | values)


def test_a_bucket_is_set_up_and_what_is_left_out_is_botos_to_find():
    assert bucket(location="/studio/", region_name="eu-central-1")["OPTIONS"] == {
        "bucket_name": "sounds",
        "endpoint_url": "http://127.0.0.1:9000",
        "access_key": "ccbell",
        "secret_key": "top secret",
        "region_name": "eu-central-1",
        "location": "studio",
    }
    amazons = bucket(endpoint_url="", access_key="", secret_key="")["OPTIONS"]
    assert amazons["endpoint_url"] is amazons["access_key"] is amazons["secret_key"] is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"bucket_name": ""}, "needs AWS_STORAGE_BUCKET_NAME"),
        ({"secret_key": ""}, "set both"),
        ({"access_key": ""}, "set both"),
        ({"location": "a/../../b"}, "AWS_LOCATION"),
    ],
)
def test_a_bucket_that_is_set_up_wrong_is_refused_in_a_sentence_without_secrets(wrong, said):
    with pytest.raises(ImproperlyConfigured) as fault:
        bucket(**wrong)
    sentence = str(fault.value)
    assert said in sentence and sentence.endswith(".") and "top secret" not in sentence


@pytest.mark.parametrize(
    "address",
    [
        "minio:9000",
        "ftp://minio",
        "http://",
        "http://minio:port",
        "http://[::1",
        "http://me:top secret@minio",
    ],
)
def test_an_endpoint_that_is_none_is_refused_without_repeating_it(monkeypatch, address):
    monkeypatch.setenv("AWS_S3_ENDPOINT_URL", address)
    with pytest.raises(ImproperlyConfigured, match="AWS_S3_ENDPOINT_URL must be empty or") as fault:
        env.address("AWS_S3_ENDPOINT_URL")
    assert "top secret" not in str(fault.value)


def test_a_bucket_without_its_libraries_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr(env, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match="run: make scale"):
        bucket()


def test_another_store_than_there_is_is_refused(tmp_path):
    refused = Studio(tmp_path, AUDIO_STORE="ftp").manage("check", check=False)
    assert refused.returncode == 2
    assert refused.stderr == "Error: AUDIO_STORE must be one of disk, s3, not “ftp”.\n"

"""Large files from the real web server: many slow listeners cost it little and hold up nobody."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import socket
import statistics
import threading
import time

import psutil
import pytest

from tests.support.studio import Studio, wait_for

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
LISTENERS = 20

A_LARGE_ORIGINAL = """
import os, uuid
from django.conf import settings
from accounts.models import Token, User
from sounds.models import AudioFile, Sound

sound = Sound.objects.create(
    uuid=uuid.uuid4(), title="large", brief={}, engine="upload", seed=0, duration_s=1, loudness_lufs=-18,
    intended_lufs=-18, gain_db=0, true_peak_dbtp=-1, quality=1, licence="CC0-1.0",
)
path = sound.folder / "original.wav"
path.parent.mkdir(parents=True)
block = os.urandom(1024 * 1024)
with path.open("wb") as file:
    for number in range(100):
        file.write(block[number:] + block[:number])
AudioFile.objects.create(
    sound=sound, role="original", format="wav", bytes=path.stat().st_size, sha256="0" * 64,
    path=str(path.relative_to(settings.AUDIO_OUTPUT_DIR)),
)
user = User.objects.create_user("listener", is_staff=True)
print(Token.objects.issue(user, name="test", scope="generate")[1], sound.uuid, path)
"""


class Web:
    def __init__(self, studio: Studio) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        studio.environment["API_PORT"] = str(self.port)
        self.token, sound, self.path = studio.python(A_LARGE_ORIGINAL).stdout.split()
        self.url = f"/api/audio/{sound}?format=original"
        self.process = psutil.Process(studio.start("manage.py", "web").pid)
        wait_for(self.is_there)

    def is_there(self) -> bool:
        with contextlib.suppress(OSError):
            return self.ask("/healthz").status == 200
        return False

    def ask(self, url: str, method: str = "GET", body=None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {self.token}"} | headers
        connection.request(
            method, url, body, {name.replace("_", "-"): text for name, text in headers.items()}
        )
        return connection.getresponse()

    def memory_bytes(self) -> int:
        return self.process.memory_info().rss


@pytest.fixture
def web(studio: Studio) -> Web:
    return Web(studio)


def test_a_large_file_costs_little_and_holds_up_nobody(web: Web):
    def listen():
        answer = web.ask(web.url)
        while not enough.is_set() and answer.read(64 * 1024):
            time.sleep(0.05)
        answer.close()

    web.ask(web.url, Range="bytes=0-2000000").read()  # everything is loaded by now
    before = web.memory_bytes()
    enough = threading.Event()
    listeners = [threading.Thread(target=listen) for _ in range(LISTENERS)]
    for listener in listeners:
        listener.start()
    try:
        time.sleep(1)
        waited = []
        for _ in range(30):
            begun = time.monotonic()
            assert web.ask(web.url, "HEAD").status == 200
            waited.append(time.monotonic() - begun)
        grown = web.memory_bytes() - before
    finally:
        enough.set()
        for listener in listeners:
            listener.join()
    assert grown < 40 * MIB, f"{grown / MIB:.0f} MiB for {LISTENERS} listeners"
    assert statistics.median(waited) < 0.2
    wait_for(lambda: web.path not in [file.path for file in web.process.open_files()])


def test_all_of_it_arrives_and_any_part(web: Web):
    with open(web.path, "rb") as file:
        whole = file.read()
    answer = web.ask(web.url)
    assert answer.status == 200 and int(answer.headers["Content-Length"]) == 100 * MIB
    assert hashlib.sha256(answer.read()).digest() == hashlib.sha256(whole).digest()
    part = web.ask(web.url, Range=f"bytes={3 * MIB + 1}-{50 * MIB}")
    assert part.status == 206 and part.read() == whole[3 * MIB + 1 : 50 * MIB + 1]
    head = web.ask(web.url, "HEAD")
    assert head.headers["Content-Length"] == str(100 * MIB) and not head.read()


def test_a_large_upload_is_not_held_in_memory(web: Web, studio: Studio):
    web.ask(web.url, "HEAD").read()
    before, highest = web.memory_bytes(), [0]
    done = threading.Event()

    def watch():
        while not done.wait(0.01):
            highest[0] = max(highest[0], web.memory_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    begin = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF\0\0\0\0WAVEfmt '
    )
    body = begin + bytes(90 * MIB) + b"\r\n--x--\r\n"
    type_ = "multipart/form-data; boundary=x"
    answer = web.ask("/api/sounds/upload?wait=0", "POST", body, Content_Type=type_)
    done.set()
    watcher.join()
    assert answer.status == 202, answer.read()
    assert highest[0] - before < 30 * MIB
    (kept,) = (studio.data / "audio" / "temp" / "uploads").iterdir()
    assert kept.stat().st_size == 90 * MIB + 16

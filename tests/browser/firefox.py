"""Firefox as Playwright wants it: ``python -m tests.browser.firefox`` stands for the browser's own program.

Playwright speaks WebDriver BiDi with any Firefox, but begins with a command that Firefox ESR does not know
yet. This stands between the two and asks for something harmless in its place.
"""

from __future__ import annotations

import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
UNKNOWN = b'"method":"emulation.setMediaFeaturesOverride"'
HARMLESS = b'{"id":%s,"method":"session.status","params":{}}'
SHORT = 126
"""Longer frames have another head."""
LISTENS = re.compile(r"WebDriver BiDi listening on ws://[^:]+:(\d+)")


def answers(firefox: socket.socket, playwright: socket.socket) -> None:
    while part := firefox.recv(65536):
        playwright.sendall(part)


def commands(playwright: socket.socket, firefox: socket.socket) -> None:
    stream = playwright.makefile("rb")
    while (line := stream.readline()) not in (b"\r\n", b""):
        host = b"Host: 127.0.0.1:%d\r\n" % firefox.getpeername()[1]
        firefox.sendall(host if line.lower().startswith(b"host:") else line)
    firefox.sendall(b"\r\n")
    while head := stream.read(2):
        size = head[1] & 0x7F
        longer = stream.read({126: 2, 127: 8}.get(size, 0))
        if longer:
            size = int.from_bytes(longer, "big")
        mask, text = stream.read(4), stream.read(size)
        plain = masked(text, mask)
        if UNKNOWN in plain:
            number = re.search(rb'"id":(\d+)', plain)
            assert number
            plain = HARMLESS % number[1]
            assert len(plain) < SHORT
            head, longer, text = struct.pack("BB", head[0], 0x80 | len(plain)), b"", masked(plain, mask)
        firefox.sendall(head + longer + mask + text)


def masked(text: bytes, mask: bytes) -> bytes:
    key = (mask * (len(text) // 4 + 1))[: len(text)]
    return (int.from_bytes(text, "big") ^ int.from_bytes(key, "big")).to_bytes(len(text), "big")


def pass_on(
    way: Callable[[socket.socket, socket.socket], None], begin: socket.socket, end: socket.socket
) -> None:
    try:
        way(begin, end)
    except OSError:
        pass  # one of them is gone, and so is the other then
    finally:
        end.close()


def serve(server: socket.socket, port: int) -> None:
    while True:
        playwright, _ = server.accept()
        firefox = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=pass_on, args=(answers, firefox, playwright), daemon=True).start()
        threading.Thread(target=pass_on, args=(commands, playwright, firefox), daemon=True).start()


def main() -> int:
    assert FIREFOX
    process = subprocess.Popen([FIREFOX, *sys.argv[1:]], stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    server = socket.create_server(("127.0.0.1", 0))
    assert process.stderr
    for line in process.stderr:
        if listens := LISTENS.search(line):
            threading.Thread(target=serve, args=(server, int(listens[1])), daemon=True).start()
            line = f"WebDriver BiDi listening on ws://127.0.0.1:{server.getsockname()[1]}\n"
        print(line, end="", file=sys.stderr, flush=True)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())

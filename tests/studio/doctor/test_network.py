"""Who answers where: real servers on this machine stand for the studio, strangers and proxies."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from studio.doctor import network
from studio.doctor.finding import State
from tests.studio.doctor.support import named, only
from tests.support.ports import free_port

HEALTHY = json.dumps({"status": "ok", "database": "ok", "workers": 2, "troubles": []})
Answer = tuple[int, dict[str, str], str]


@contextmanager
def serving(answer: Callable[[str], Answer], certificate: Path | None = None) -> Iterator[int]:
    """A server that gives what `answer` says for a path; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def healthy(path: str) -> Answer:
    return (200, {}, HEALTHY) if path == "/healthz" else (200, {}, "a page")


def strange(path: str) -> Answer:
    return 200, {}, "<h1>Something else</h1>"


@pytest.fixture(autouse=True)
def here(settings) -> None:
    settings.API_HOST, settings.API_PORT, settings.DEBUG = "127.0.0.1", free_port(), False
    settings.PUBLIC_URL = f"http://localhost:{settings.API_PORT}"
    settings.ALLOW_ANONYMOUS = settings.IS_SHARED = False


def test_a_studio_that_answers_is_well(settings):
    with serving(healthy) as settings.API_PORT:
        assert only(network.web()).state is State.OK
        settings.API_HOST = "0.0.0.0"
        assert only(network.web()).state is State.OK


def test_nobody_and_strangers_are_told_apart(settings):
    assert only(network.web()).fact == f"nobody answers at 127.0.0.1:{settings.API_PORT}"
    with serving(strange) as settings.API_PORT:
        told = only(network.web())
    assert told.state is State.FAIL and "is not the studio" in told.fact and "API_PORT" in told.todo


def test_a_studio_without_its_database_is_told(settings):
    down = json.dumps({"status": "down", "database": "down", "workers": 0})
    with serving(lambda path: (503, {}, down)) as settings.API_PORT:
        assert "has no database" in only(network.web()).fact


@pytest.mark.parametrize(
    "host, debug, anonymous, states",
    [
        ("127.0.0.1", False, True, {"reach": State.OK}),
        ("127.0.0.1", True, False, {"reach": State.OK, "DEBUG": State.NOTE}),
        ("0.0.0.0", True, False, {"reach": State.OK, "DEBUG": State.FAIL}),
        ("::", False, True, {"reach": State.OK, "anonymous": State.WARN}),
        ("mac-mini", False, False, {"reach": State.OK}),
    ],
)
def test_what_is_open_to_others_is_told(settings, host, debug, anonymous, states):
    settings.API_HOST, settings.DEBUG, settings.ALLOW_ANONYMOUS = host, debug, anonymous
    assert {one.name: one.state for one in network.reach()} == states


def test_what_people_type_leads_here_or_it_is_said_why_not(settings):
    assert only(network.address()).state is State.NOTE, "nothing runs, so nothing can be said"
    with serving(healthy) as settings.API_PORT:
        settings.PUBLIC_URL = f"http://localhost:{settings.API_PORT}"
        assert only(network.address()).state is State.OK
        settings.PUBLIC_URL = f"http://localhost:{free_port()}"
        assert only(network.address()).todo == f"PUBLIC_URL=http://localhost:{settings.API_PORT}"
        settings.PUBLIC_URL = f"http://no-such-name.invalid:{settings.API_PORT}"
        told = only(network.address())
        assert "listens at 127.0.0.1 only" in told.fact and told.todo.startswith("API_HOST=0.0.0.0")
        settings.API_HOST = "0.0.0.0"
        assert only(network.address()).state is State.WARN
        with serving(strange) as other:
            settings.PUBLIC_URL = f"http://localhost:{other}"
            assert "something else" in only(network.address()).fact


def test_inside_a_container_what_counts_is_where_its_port_is_published(settings, monkeypatch):
    monkeypatch.setenv("PUBLISHED_AT", "127.0.0.1:9000")
    settings.API_HOST, settings.ALLOW_ANONYMOUS = "0.0.0.0", True
    settings.PUBLIC_URL = f"http://localhost:{free_port()}"
    with serving(healthy) as settings.API_PORT:
        told = only(network.address())
        assert told.state is State.NOTE and "inside a container" in told.fact
        assert only(network.reach()).fact.startswith("only this machine")
    for published in ("0.0.0.0:9000", "[::]:9000", "100.64.0.1:9000"):
        monkeypatch.setenv("PUBLISHED_AT", published)
        assert named(network.reach(), "reach").fact.startswith(f"everybody who reaches {published}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and its certificate, signed by itself, for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_proxy_that_hides_https_leads_in_circles(settings, certificate: Path, monkeypatch):
    def circling(path: str) -> Answer:
        return healthy(path) if path == "/healthz" else (301, {"Location": f"{settings.PUBLIC_URL}/"}, "")

    for answer, words in ((circling, "leads to itself for ever"), (healthy, "leads here")):
        with serving(answer, certificate) as port:
            settings.PUBLIC_URL = f"https://localhost:{port}"
            assert "no certificate that this machine trusts" in only(network.address()).fact
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
            assert words in named(network.address(), "address").fact
            monkeypatch.delenv("REQUESTS_CA_BUNDLE")

"""Parts of files, names for them, and when nothing need be sent."""

from __future__ import annotations

import asyncio
import hashlib
import json

import pytest
from django.http import HttpRequest
from django.test import AsyncRequestFactory, RequestFactory
from hypothesis import example, given
from hypothesis import strategies as st

from sounds.serving import PIECE_BYTES, SMALL_BYTES, disposition, file_name, range_of, send

NUMBERS = st.integers(0, 3000).map(str) | st.just("") | st.just("9" * 18)

pytestmark = pytest.mark.django_db  # the end of an answer looks at the connection


@given(first=NUMBERS, last=NUMBERS, size=st.integers(0, 1000))
@example(first="", last="0", size=10)
@example(first="0", last="", size=0)
@example(first="5", last="3", size=10)
def test_a_range_is_what_python_slices(first, last, size):
    whole = list(range(size))
    part = range_of(f"bytes={first}-{last}", size)
    if (not first and not last) or (first and last and int(last) < int(first)):
        assert part is None
    elif first:
        assert list(part) == whole[int(first) : int(last) + 1 if last else None]
    else:
        assert list(part) == whole[max(0, size - int(last)) :]


@given(header=st.text(max_size=20) | st.from_regex(r"bytes=[0-9, -]*", fullmatch=True))
def test_whatever_is_asked_for_lies_in_the_file_or_is_ignored(header):
    part = range_of(header, 100)
    assert part is None or not part or 0 <= part[0] <= part[-1] < 100


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * (3 * SMALL_BYTES // 256 + 7))
    return path


def answer_to(request: HttpRequest, path, **more):
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return send(request, path, content_type="audio/wav", sha256=sha256, **more)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("header, part", [("", slice(None)), (f"bytes=17-{2 * SMALL_BYTES}", None)])
def test_a_large_file_comes_in_pieces_whichever_server_asks(large, header, part):
    part = part or slice(17, 2 * SMALL_BYTES + 1)
    headers = {"Range": header} if header else {}
    plain = answer_to(RequestFactory().get("/", headers=headers), large)
    pieces = list(plain)
    plain.close()
    wish = AsyncRequestFactory().get("/", headers=headers)
    asynchronous = answer_to(wish, large)

    async def received():
        return [piece async for piece in asynchronous]

    assert asyncio.run(received()) == pieces
    asynchronous.close()
    assert b"".join(pieces) == large.read_bytes()[part] and max(map(len, pieces)) <= PIECE_BYTES
    assert int(plain["Content-Length"]) == sum(map(len, pieces))


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"If-Range": '"other"', "Range": "bytes=0-3"}, 200),
        ({"If-Range": "Wed, 21 Oct 2015 07:28:00 GMT", "Range": "bytes=0-3"}, 200),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": "*"}, 304),
        ({"If-Match": '"other"'}, 412),
        ({"Range": "bytes=-0"}, 416),
        ({"Range": "BYTES=0-3"}, 206),
    ],
)
def test_conditions(large, headers, status):
    answer = answer_to(RequestFactory().get("/", headers=headers), large)
    assert answer.status_code == status
    assert ("immutable" in answer.get("Cache-Control", "")) == (status < 400)
    answer.close()


@pytest.mark.parametrize("headers", [{"If-Match": '"other"'}, {"Range": "bytes=-0"}])
def test_what_cannot_be_is_a_problem(large, headers):
    answer = answer_to(RequestFactory().get("/", headers=headers), large)
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["status"] == answer.status_code


def test_the_same_bytes_are_recognised(large):
    etag = answer_to(RequestFactory().head("/"), large)["ETag"]
    again = RequestFactory().get("/", headers={"If-None-Match": f'"x", W/{etag}'})
    assert answer_to(again, large).status_code == 304
    rest = RequestFactory().get("/", headers={"If-Range": etag, "Range": "bytes=0-9"})
    assert answer_to(rest, large).status_code == 206


def test_head_tells_the_size_and_sends_nothing(large):
    answer = answer_to(RequestFactory().head("/", headers={"Range": "bytes=0-3"}), large)
    assert answer.status_code == 200 and not answer.content
    assert answer["Content-Length"] == str(large.stat().st_size)


@pytest.mark.parametrize(
    "title, name, header",
    [
        ("Wood echo", "Wood echo.mp3", 'inline; filename="Wood echo.mp3"'),
        (
            "Écho de bois",
            "Écho de bois.mp3",
            "inline; filename=\"Echo de bois.mp3\"; filename*=UTF-8''%C3%89cho%20de%20bois.mp3",
        ),
        (
            "木の音",
            "木の音.mp3",
            "inline; filename=\"sound.mp3\"; filename*=UTF-8''%E6%9C%A8%E3%81%AE%E9%9F%B3.mp3",
        ),
        (
            '../..\\etc/"x";\r\nSet-Cookie: a',
            "etc x Set-Cookie a.mp3",
            'inline; filename="etc x Set-Cookie a.mp3"',
        ),
        ("", "sound.mp3", 'inline; filename="sound.mp3"'),
        ("\u202egnp.exe", "gnp.exe.mp3", 'inline; filename="gnp.exe.mp3"'),
    ],
)
def test_a_file_is_named_for_its_sound(title, name, header):
    assert file_name(title, "mp3") == name and disposition(name) == header


@given(title=st.text(max_size=300))
def test_every_title_makes_a_header_and_a_name(title):
    name = file_name(title, "webm")
    header = disposition(name, download=True)
    assert header.isascii() and header.isprintable() and header.startswith("attachment; ")
    assert len(name.encode()) <= 255 and not set(name) & set('/\\"\r\n\0') and not name.startswith(".")

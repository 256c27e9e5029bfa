"""The studio's pages in a real browser: first paint, key to sound, end of a job to its wave"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import Any

from playwright.sync_api import Page

from benchmarks.browser import Visitor, visit
from benchmarks.figures import Figure
from tests.support.studio import wait_for
from torture.requests import percentile_of

PAINTS, PRESSES, SINGLES, BURSTS, BURST, MOVES = 10, 30, 20, 3, 5, 100
COLD, WARM = ("sci-fi", "nature", "mechanical"), ("retro-8bit", "jazz", "ambient")
HOOKS, ROWS, TAKES = 15, 200, 2000
ALL_ROWS = {"width": 1280, "height": 1600}
"""A window in which every row of a pack can be seen."""

DRAWN = """
// Whether the canvas of a row has bars of a sound, which are higher than the line of one that is not there.
const isDrawn = (row) => {
    const canvas = row.querySelector(".outline");
    if (!canvas.dataset.outline || canvas.width < 2) return false;
    const above = Math.floor(canvas.height / 2) - 4;
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, above).data.some(Boolean);
};
"""
WHOLE_PACK = f"""
{DRAWN}
if (location.pathname.startsWith("/packs/")) {{
    const done = new Set();
    const look = () => {{
        const rows = [...document.querySelectorAll("#rows .row")];
        const filled = rows.filter((row) => row.dataset.state === "filled");
        for (const row of filled) if (!done.has(row) && isDrawn(row)) done.add(row);
        const areAll = rows.length && rows.every((row) => done.has(row));
        requestAnimationFrame(areAll ? () => (window.allDrawnAt = Date.now()) : look);
    }};
    requestAnimationFrame(look);
}}
"""
"""Notes when the last row of a pack is drawn: seen by one frame, so it was painted by the next."""
NOTE_PRESS = """() => addEventListener(
    "keydown",
    ({ timeStamp }) => sessionStorage.setItem("pressedAt", performance.timeOrigin + timeStamp),
    { capture: true, once: true },
)"""
DECK = r"""async () => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    window.deck = (await import(loaded.find((name) => /\/studio\/deck\.\w+\.js$/.test(name)))).deck;
    const samples = new Float32Array(2048);
    window.sounds = () => {
        deck.analyser?.getFloatTimeDomainData(samples);
        return samples.some((sample) => Math.abs(sample) > 1e-4);
    };
}"""
SETTLED = """async () => {
    let before = null;
    while (!deck.bytes || before !== deck.bytes || sounds()) {
        before = deck.bytes;
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
}"""
"""Waits until what the deck fetches ahead is there, and nothing sounds any more."""
LISTEN = """() => {
    let pressedAt = null;
    addEventListener("keydown", (event) => (pressedAt = event.timeStamp), { capture: true, once: true });
    const { port1, port2 } = new MessageChannel();
    window.heard = new Promise((resolve) => {
        port1.onmessage = () => {
            if (pressedAt !== null && sounds()) resolve(performance.now() - pressedAt);
            else port2.postMessage(null);
        };
    });
    port2.postMessage(null);
}"""
WATCH = f"""() => {{
    {DRAWN}
    const list = document.getElementById("rows");
    const takes = (row) => JSON.parse(row.dataset.takes).map(({{ id }}) => id);
    const known = new Set([...list.children].flatMap(takes));
    window.shownAt = {{}};
    const look = (key, ids) => {{
        if (!isDrawn(document.getElementById(key))) return requestAnimationFrame(() => look(key, ids));
        requestAnimationFrame(() => ids.forEach((id) => (shownAt[id] = Date.now())));
    }};
    new MutationObserver((changes) => {{
        for (const row of changes.flatMap(({{ addedNodes }}) => [...addedNodes])) {{
            const ids = row.matches?.(".row") ? takes(row).filter((id) => !known.has(id)) : [];
            ids.forEach((id) => known.add(id));
            if (ids.length) requestAnimationFrame(() => look(row.id, ids));
        }}
    }}).observe(list, {{ childList: true }});
}}"""
"""Notes when each new take has been painted: a frame after the first one that found its wave drawn."""
PAINTED = """() => {
    window.painted = [];
    const twoFramesOn = (act) => requestAnimationFrame(() => requestAnimationFrame(act));
    const note = ({ timeStamp }) => twoFramesOn(() => painted.push(performance.now() - timeStamp));
    addEventListener("keydown", note, { capture: true });
}"""
"""Notes for each key how long it took to the beginning of the frame after the one that shows it."""
FILL = """
import random, sys, uuid
from accounts.models import User
from packs.models import Pack
from sounds.models import AudioFile, Collection, Hook, Slot, Sound
ROWS, TAKES = int(sys.argv[1]), int(sys.argv[2])
random.seed(1)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
hooks = list(Hook.objects.all())
real = Sound.objects.exclude(measures={}).last()
said = {name: value for name, value in vars(real).items() if not name.startswith("_") and name != "id"}
collection = Collection.objects.create(title="Large", owner=User.objects.get(), prompt="large")
pack = Pack.objects.create_for(collection)
slots = Slot.objects.bulk_create(
    Slot(collection=collection, key=f"row_{n}", position=n, hook=hooks[n % len(hooks)]) for n in range(ROWS)
)

def take(number):
    outline = "".join(random.choices(LETTERS, k=len(real.outline)))
    slot, measures = slots[number % ROWS], real.measures | {"outline": outline}
    own = {"uuid": uuid.uuid4(), "slot_id": slot.pk, "take_no": 1 + number // ROWS, "job_id": None}
    return Sound(**said | own | {"measures": measures})

def files(sound):
    for file in real.files.all():
        named = {name: getattr(file, name) for name in ("role", "format", "path", "bytes", "sha256")}
        yield AudioFile(sound=sound, **named)

takes = Sound.objects.bulk_create(take(number) for number in range(TAKES))
AudioFile.objects.bulk_create(file for one in takes for file in files(one))
for slot, one in zip(slots, takes):
    slot.chosen = one
Slot.objects.bulk_update(slots, ["chosen"])
print(pack.slug)
"""
"""One real sound many times over, each time with an outline of its own; its file is that of all."""

ENDS = """
select sound.uuid, job.finished_at
from sounds_sound sound join jobs_job job on sound.job_id = job.id order by job.id
"""


@contextmanager
def studio_page(visitor: Visitor, pack: str, **options: Any) -> Iterator[Page]:
    """The page of a pack, ready for keys."""
    with visitor.page(**options) as page:
        page.goto(pack, wait_until="commit")
        page.wait_for_selector("#pack[data-ready=true]", state="attached")
        page.evaluate(DECK)
        yield page


def measure() -> Iterator[Figure]:
    with visit() as visitor:
        cold, pack = generating(visitor)
        yield from cold
        yield from first_paint(visitor, "/", 1, 300)
        yield from first_paint(visitor, pack)
        yield from key_to_sound(visitor, pack)
        yield from end_to_wave(visitor, pack)
        yield from many(visitor)


def generating(visitor: Visitor) -> tuple[list[Figure], str]:
    """From G on the first page to the last wave, without and with a process that makes sounds; and a pack."""
    cold, warm = [], []
    for first, second in zip(COLD, WARM, strict=True):
        visitor.studio.manage("engines", "unload", "procedural")
        wait_for(lambda: not visitor.studio.hosts())
        cold.append(generate(visitor, first)[0])
        seconds, pack = generate(visitor, second)
        warm.append(seconds)
    name = "G → the last of 15 waves drawn, {}, slowest of 3"
    figures = [
        Figure(name=name.format("nothing loaded yet"), value=max(cold), target=5, unit="s"),
        Figure(name=name.format("engine loaded"), value=max(warm), target=5, unit="s"),
    ]
    return figures, pack


def generate(visitor: Visitor, theme: str) -> tuple[float, str]:
    """Seconds that the whole of a pack takes, and the path of its page."""
    with visitor.page(viewport=ALL_ROWS) as page:
        page.add_init_script(WHOLE_PACK)
        page.goto("/", wait_until="networkidle")
        page.locator(f"[name=theme][value={theme}]").check()
        page.evaluate(NOTE_PRESS)
        page.keyboard.press("g")
        page.wait_for_url("**/packs/*/")
        drawn_at = page.wait_for_function("() => window.allDrawnAt", timeout=60_000).json_value()
        assert page.locator("#rows .row").count() == HOOKS
        pressed_at = float(page.evaluate("sessionStorage.getItem('pressedAt')"))
        return (drawn_at - pressed_at) / 1000, page.evaluate("location.pathname")


def first_paint(
    visitor: Visitor, path: str, within_s: float | None = None, most_kb: float | None = None
) -> Iterator[Figure]:
    """Each time in a browser that has nothing of the studio yet."""
    seen = [paint(visitor, path) for _ in range(PAINTS)]
    times = [seconds for seconds, _ in seen]
    where = "/" if path == "/" else "a pack's page"
    name = f"{where}, nothing cached: first contentful paint"
    yield Figure(name=f"{name}, median of {PAINTS}", value=median(times), target=within_s, unit="s")
    yield Figure(name=f"{name}, p95", value=percentile_of(times, 95), target=within_s, unit="s")
    size = max(size for _, size in seen) / 1000
    name = f"{where}: bytes over the wire without audio"
    yield Figure(name=name, value=size, target=most_kb, unit="kB", digits=0)


def paint(visitor: Visitor, path: str) -> tuple[float, int]:
    """Seconds to the first contentful paint, and bytes of all that came and is no sound."""
    with visitor.page() as page:
        wire = Wire(page)
        page.goto(path)
        paints = "performance.getEntriesByName('first-contentful-paint')"
        page.wait_for_function(f"() => {paints}.length")
        wire.wait_until_quiet()
        return page.evaluate(f"{paints}[0].startTime") / 1000, wire.bytes_without_audio


class Wire:
    """What a page loads, as it comes over the network."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sizes: dict[str, int] = {}
        self._audio: set[str] = set()
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", self._begins)
        session.on("Network.loadingFinished", self._ends)
        session.send("Network.enable")

    def _begins(self, event: dict[str, Any]) -> None:
        if event["response"]["mimeType"].startswith("audio/"):
            self._audio.add(event["requestId"])

    def _ends(self, event: dict[str, Any]) -> None:
        self._sizes[event["requestId"]] = event["encodedDataLength"]

    def wait_until_quiet(self) -> None:
        """Wait until nothing more has come for half a second; the event stream of a pack never ends."""
        before = -1
        while before != len(self._sizes):
            before = len(self._sizes)
            self._page.wait_for_timeout(500)

    @property
    def bytes_without_audio(self) -> int:
        return sum(size for request, size in self._sizes.items() if request not in self._audio)


def key_to_sound(visitor: Visitor, pack: str) -> Iterator[Figure]:
    """From the key's own time stamp to the first sample that is not silence on its way to the device."""
    firsts = []
    for _ in range(5):
        with studio_page(visitor, pack) as page:
            firsts.append(hear(page))
    with studio_page(visitor, pack) as page:
        page.keyboard.press("ArrowUp")  # the first key of all has the browser open the device
        waits = []
        for number in range(PRESSES):
            waits.append(hear(page))
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown" if number < HOOKS else "ArrowUp")
        context = page.evaluate("[deck.analyser.context.baseLatency, deck.analyser.context.outputLatency]")
    name = f"Space → first sample, take in view, {PRESSES} presses"
    yield Figure(name=f"{name}, median", value=median(waits), target=50, unit="ms", digits=1)
    yield Figure(name=f"{name}, p95", value=percentile_of(waits, 95), target=50, unit="ms", digits=1)
    name = "the same as the first key on a new page, median of 5"
    yield Figure(name=name, value=median(firsts), unit="ms", digits=1)
    latency = 1000 * sum(context)
    yield Figure(name="what the output adds here: base + output latency", value=latency, unit="ms", digits=1)


def hear(page: Page) -> float:
    """Press Space when all is quiet, and tell after how many milliseconds something sounds."""
    page.evaluate(SETTLED)
    page.evaluate(LISTEN)
    page.keyboard.press("Space")
    return page.evaluate("window.heard")


def end_to_wave(visitor: Visitor, pack: str) -> Iterator[Figure]:
    """From what the database has as a job's end to the paint of its wave; one clock is that of both."""
    with studio_page(visitor, pack, viewport=ALL_ROWS) as page:
        page.evaluate(WATCH)
        for number in range(1, SINGLES + 1):
            page.keyboard.press("r")
            shown(page, number)
            page.keyboard.press("ArrowDown")
        for number in range(1, BURSTS + 1):
            for _ in range(BURST):
                page.keyboard.press("r")
                page.keyboard.press("ArrowUp")
            shown(page, SINGLES + number * BURST)
        delays = since_end(visitor, page.evaluate("window.shownAt"))
    total = SINGLES + BURSTS * BURST
    name = f"end of a job → its wave painted, {total} new takes"
    yield Figure(name=f"{name}, median", value=median(delays), target=0.3, unit="s", digits=3)
    yield Figure(name=f"{name}, p95", value=percentile_of(delays, 95), target=0.6, unit="s", digits=3)
    alone, crowd = median(delays[:SINGLES]), median(delays[SINGLES:])
    yield Figure(name="of these one after another, median", value=alone, unit="s", digits=3)
    yield Figure(name=f"of these in bursts of {BURST}, median", value=crowd, unit="s", digits=3)


def shown(page: Page, number: int) -> None:
    """Wait until that many new takes were painted."""
    count = "(number) => Object.keys(window.shownAt).length >= number"
    page.wait_for_function(count, arg=number, timeout=60_000)


def since_end(visitor: Visitor, shown_at: dict[str, float]) -> list[float]:
    """Seconds from the end of each take's job to its being shown, in the order of the jobs."""
    rows = visitor.studio.rows(ENDS)
    ends = {str(uuid.UUID(text)): datetime.fromisoformat(end).replace(tzinfo=UTC) for text, end in rows}
    return [shown_at[take] / 1000 - end.timestamp() for take, end in ends.items() if take in shown_at]


def many(visitor: Visitor) -> Iterator[Figure]:
    """Keys where there is a lot to show."""
    slug = visitor.studio.code(FILL, str(ROWS), str(TAKES)).strip()
    what = f"{ROWS} rows, {TAKES:,} takes"
    with studio_page(visitor, f"/packs/{slug}/") as page:
        ready = page.evaluate("performance.now()")
        entry = json.loads(page.evaluate("JSON.stringify(performance.getEntriesByType('navigation')[0])"))
        assert page.locator("#rows .row").count() == ROWS
        page.evaluate(PAINTED)
        for key in ("ArrowDown", "ArrowRight"):
            times = moves(page, key)
            name = f"{what}: {key} → paint, p95 of {MOVES}"
            yield Figure(name=name, value=percentile_of(times, 95), target=100, unit="ms", digits=0)
            yield Figure(name="the same, median", value=median(times), unit="ms", digits=0)
        players = page.locator("audio, video").count()
    yield Figure(name=f"{what}: audio and video elements", value=players, target=20, digits=0)
    yield Figure(name=f"{what}: page answered", value=entry["responseEnd"] / 1000, unit="s")
    yield Figure(name=f"{what}: page ready for keys", value=ready / 1000, unit="s")
    yield Figure(name=f"{what}: HTML", value=entry["decodedBodySize"] / 1000, unit="kB", digits=0)


def moves(page: Page, key: str) -> list[float]:
    """Milliseconds to the paint for each press."""
    page.evaluate("window.painted.length = 0")
    for number in range(1, MOVES + 1):
        page.keyboard.press(key)
        page.wait_for_function("(number) => window.painted.length >= number", arg=number)
    return page.evaluate("window.painted")

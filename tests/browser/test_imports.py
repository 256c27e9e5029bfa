"""A pack from elsewhere, dropped on the page or chosen."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.packs.api.test_importing import zipped
from tests.packs.importing.conftest import Pack, cesp
from tests.packs.support import tone, write_audio
from tests.support.browser import Trouble, chosen, expect_filled, hearing, pick, row, toasts

__all__ = ["cesp"]

DROP = """async ([name, bytes]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name));
    const { form } = document.querySelector("#import [name=pack]");
    for (const type of ["dragover", "drop"]) {
        form.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
}"""


def test_a_late_pack_is_dropped_heard_and_made_a_good_one(page: Page, cesp: Pack):
    pack = cesp({"session.start": ["a.mp3"], "task.complete": ["b.wav"]}, name="dropped")
    write_audio(pack / "a.mp3", tone(silence_s=0.4))
    page.goto("/packs/")
    page.evaluate(DROP, ["dropped.zip", list(zipped(pack))])
    page.wait_for_url("**/packs/dropped/")
    expect_filled(page, 2)
    pick(page, "session_start")
    with hearing(page):
        row(page, "session_start").locator(".play").click()
    expect(page.locator("#badge-facts")).to_have_text("no badge yet")
    page.get_by_role("button", name="Remaster").click()
    expect(chosen(page)).to_have_text("2 ✓")
    expect(page.locator("#badge-facts")).to_have_text("✓ even, quick, clean")
    expect(page.get_by_role("button", name="Remaster")).to_have_count(0)


def test_what_is_no_pack_is_said_and_another_can_be_chosen(
    page: Page, cesp: Pack, tmp_path: Path, trouble: Trouble
):
    page.goto("/packs/")
    wrong = tmp_path / "words.zip"
    wrong.write_text("words")
    choose(page, wrong)
    expect(toasts(page)).to_contain_text("words.zip is no zip, or its end is missing")
    trouble.forgive("400")
    right = tmp_path / "right.zip"
    right.write_bytes(zipped(cesp({"session.start": ["a.wav"]}, name="chosen")))
    page.get_by_text("Remaster what is late").check()
    choose(page, right)
    page.wait_for_url("**/packs/chosen/")
    expect_filled(page, 1)
    pick(page, "session_start")
    expect(chosen(page)).to_have_text("2 ✓")


def choose(page: Page, pack: Path) -> None:
    page.get_by_label("Import a pack").set_input_files(pack)
    page.get_by_role("button", name="Import", exact=True).click()


def test_a_title_of_one_long_word_keeps_within_the_page(page: Page, cesp: Pack):
    pack = cesp({"session.start": ["a.wav"]}, name="wide", display_name="W" * 120)
    page.goto("/packs/")
    page.evaluate(DROP, ["wide.zip", list(zipped(pack))])
    page.wait_for_url("**/packs/wide/")
    for path in ("/packs/wide/", "/packs/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

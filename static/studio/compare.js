/** Two packs, hook by hook: hear either, or flip between them. */

import { deck } from "./deck.js";
import { isPressable, isTyping } from "./keys.js";
import { watchOutlines } from "./outline.js";
import { pair } from "./pair.js";
import { post } from "./post.js";
import { toast } from "./toast.js";

const table = document.getElementById("pairs");
if (table) {
    const volume = document.getElementById("volume");
    volume.value = deck.volume;
    volume.addEventListener("input", () => (deck.volume = volume.valueAsNumber));
    watchOutlines(table);
    select(table.tBodies[0].rows[0]);
    table.addEventListener("click", ({ target }) => {
        const row = target.closest("tbody tr");
        if (!row) return;
        select(row);
        const button = target.closest("[data-side]");
        if (button) hear(button.dataset.side);
        const adopted = target.closest("[data-adopt]");
        if (adopted) adopt(adopted);
    });
    document.addEventListener("keydown", (event) => {
        const { key, repeat, shiftKey, target } = event;
        if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return;
        if ((repeat && !/^Arrow/.test(key)) || (key === " " && !shiftKey && isPressable(target))) return;
        const row = selected();
        const act = {
            ArrowDown: () => select(row.nextElementSibling),
            ArrowUp: () => select(row.previousElementSibling),
            a: () => hear(0),
            b: () => hear(1),
            " ": () => (shiftKey ? flip() : hear(0)),
        }[key.length === 1 ? key.toLowerCase() : key];
        if (!act) return;
        event.preventDefault();
        act();
    });
    for (const type of ["play", "pause", "ended", "change"]) deck.addEventListener(type, tellPlaying);
    pair.addEventListener("change", tellPlaying);
}

function selected() {
    return table.querySelector("tr[aria-current]");
}

function select(row) {
    if (!row) return;
    selected()?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    const [a, b] = sounds(row);
    if (a && b && (pair.a?.id !== a.id || pair.b?.id !== b.id)) {
        pair.clear();
        pair.set("a", a);
        pair.set("b", b);
    }
}

function sounds(row) {
    return [0, 1].map((side) => {
        const button = row.querySelector(`[data-side="${side}"]`);
        if (!button) return null;
        const { sound: id, lufs, duration } = button.dataset;
        return { id, title: row.dataset.key, url: `/sounds/${id}/audio.wav`, duration: Number(duration), lufs: Number(lufs), outline: "", spectrogram: "" };
    });
}

function hear(side) {
    const sound = sounds(selected())[side];
    if (sound) deck.toggle(sound);
}

/** Have the other pack take a sound over, mastered for its row there. */
async function adopt({ dataset: { adopt: url, take: sound } }) {
    if (await post(url, { sound })) toast("It is on its way: mastered for its row there, and chosen then.");
}

function flip() {
    const [a, b] = sounds(selected());
    if (a && b) pair.flip();
}

function tellPlaying() {
    const id = !deck.paused && deck.sound?.id;
    for (const button of table.querySelectorAll("[data-sound]")) {
        button.querySelector("use").setAttribute("href", button.dataset.sound === id ? "#i-pause" : "#i-play");
    }
}

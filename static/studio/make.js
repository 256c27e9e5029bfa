/** The first page: examples to hear, and one key that generates all. */

import { deck } from "./deck.js";
import { isTyping } from "./keys.js";
import { post } from "./post.js";
import { toast } from "./toast.js";

const form = document.getElementById("make");
const token = form.elements.csrfmiddlewaretoken.value;
const heard = new Map();

form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-example]");
    if (button) listen(button);
});
form.addEventListener("change", ({ target }) => {
    if (target.name === "theme") form.querySelectorAll("[name=variation]").forEach((one) => (one.checked &&= one.dataset.theme === target.value));
    if (target.name === "variation") form.querySelector(`[name=theme][value="${target.dataset.theme}"]`).checked = true;
    count();
});
form.addEventListener("submit", () => form.classList.add("busy"));
addEventListener("pageshow", () => {
    form.classList.remove("busy");
    count(); // the browser may have put choices back
});
document.getElementById("add-hook")?.addEventListener("click", ({ target }) => addHook(target.dataset.url));
document.addEventListener("keydown", (event) => {
    if (event.key?.toLowerCase() !== "g" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    const button = document.getElementById("generate");
    if (button.disabled) toast("Pick a theme or say it in words first, and leave a hook on.");
    else button.click();
});
for (const type of ["play", "pause", "ended", "change"]) {
    deck.addEventListener(type, () => {
        for (const button of form.querySelectorAll("[data-example]")) {
            const on = !deck.paused && deck.sound && heard.get(button) === deck.sound;
            button.querySelector("use").setAttribute("href", on ? "#i-pause" : "#i-play");
        }
    });
}
// A second click on what is picked picks nothing again, for those who would rather describe it.
for (const radio of form.querySelectorAll("[type=radio]")) {
    let was = false;
    radio.parentElement.addEventListener("pointerdown", () => (was = radio.checked));
    radio.addEventListener("click", () => {
        if (!was) return;
        was = radio.checked = false;
        if (radio.name === "theme") form.querySelectorAll("[name=variation]").forEach((one) => (one.checked = false));
        count();
    });
}
count();

/** Play an example; the first time anybody asks for it, it is made. */
async function listen(button) {
    const known = heard.get(button);
    if (known) return deck.toggle(known);
    button.classList.add("busy");
    try {
        const sound = await example(button.dataset);
        heard.set(button, sound);
        await deck.play(sound);
    } catch (error) {
        toast(error.message, { kind: "error" });
    } finally {
        button.classList.remove("busy");
    }
}

async function example({ example: theme, variation }) {
    const asked = { theme, hook: "task_complete", seed: 1, ...(variation && { variation }) };
    const response = await fetch("/api/generate?wait=15", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify(asked),
    }).catch(() => {
        throw new Error("The studio cannot be reached; is it still running?");
    });
    if (response.status === 401) throw new Error("You are signed out; reload the page and sign in.");
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail ?? "The studio could not make this example.");
    const { sound } = answer;
    if (!sound) throw new Error(answer.jobs?.[0]?.error || "This example is still being made; try again in a moment.");
    return { id: sound.id, title: theme, url: sound.audio_url, duration: sound.duration_s, lufs: null, outline: "", spectrogram: "" };
}

async function addHook(url) {
    const fields = document.getElementById("own-hook").querySelectorAll("[data-field]");
    const answer = await post(url, Object.fromEntries([...fields].map((field) => [field.dataset.field, field.value])));
    if (!answer) return;
    document.getElementById("hooks").insertAdjacentHTML("beforeend", await answer.text());
    count();
}

function count() {
    const all = form.querySelectorAll("[name=hook]");
    const on = form.querySelectorAll("[name=hook]:checked");
    document.getElementById("hooks-on").textContent = `${on.length} of ${all.length} on`;
    const isPicked = Boolean(form.querySelector("[name=theme]:checked")) || form.elements.prompt.value.trim();
    document.getElementById("generate").disabled = !(isPicked && on.length);
}
form.elements.prompt.addEventListener("input", count);

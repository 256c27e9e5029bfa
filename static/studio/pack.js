/** The studio: every key and every button comes to one of these actions. */

import { ask } from "./ask.js";
import { playDay } from "./day.js";
import { deck } from "./deck.js";
import { Dock } from "./dock.js";
import { listen } from "./keys.js";
import { Live } from "./live.js";
import { watchOutlines } from "./outline.js";
import { pair } from "./pair.js";
import { post as tell } from "./post.js";
import { onPress } from "./press.js";
import { RowForm } from "./rowform.js";
import { Rows } from "./rows.js";
import { toast } from "./toast.js";

const root = document.getElementById("pack");
const list = document.getElementById("rows");
const { base } = root.dataset;
const mayChange = root.dataset.mayChange === "true";
const rows = new Rows(list);
const dock = new Dock(rows);
const byItself = document.getElementById("by-itself");
const CLEANED = "This take was cleaned up, as nobody had kept it; press R to make it again.";
let day = null;
let before = null;
let asked = 0;
const form = new RowForm(rows, (key, values) => post(`rows/${key}/edit`, values));

watchOutlines(list);
new Live(root, rows);

/** Ask the studio for something; the rows it changes come back with the answer. Asked in turn, one after another. */
function post(path, values = {}, how = { source: root }) {
    if (!mayChange) return toast("Only its owner and staff may change this; make one of your own instead.", { kind: "error" });
    asked += 1;
    return ask("POST", `${base}${path}/`, { ...how, swap: "none", values })
        .catch(() => false) // page.js says why
        .finally(() => (asked -= 1));
}

function postRow(verb, values = {}) {
    const row = rows.selected;
    if (row) return post(`rows/${row.dataset.key}/${verb}`, values);
}

/** The same for what is about the take that is shown. */
function postTake(verb) {
    const take = rows.take();
    if (take) return postRow(verb, { sound: take.id });
    toast("This row has no take yet; press R to make one.", { kind: "error" });
}

/** Say something of the take that is shown: a rank, that one likes it. */
async function say(verb, words = {}) {
    const take = rows.take();
    const answer = take && (await tell(`/sounds/${take.id}/${verb}/`, words));
    if (answer) rows.note(take.id, await answer.json());
}

const actions = {
    play: () => {
        const take = rows.take();
        if (!take) return toast("This row has no take yet; press R to make one.");
        if (pair.onDeck && !deck.paused) return deck.pause();
        return take.cleaned ? toast(CLEANED) : deck.toggle(take);
    },
    next: () => rows.move(1),
    previous: () => rows.move(-1),
    "take-before": () => rows.step(-1),
    "take-after": () => rows.step(1),
    choose: () => (rows.take()?.cleaned ? toast(CLEANED, { kind: "error" }) : postTake("choose")),
    undo: () => post("undo"),
    take: () => postRow("take", rows.take() ? { sound: rows.take().id } : {}),
    retry: () => postRow("retry"),
    again: () => (rows.selected?.dataset.state === "failed" ? actions.retry() : actions.take()),
    mutate: () => postTake("mutate"),
    lock: () => postRow("lock", { locked: rows.selected?.dataset.locked === "true" ? "" : "on" }),
    cancel: () => postRow("cancel"),
    "cancel-all": () => post("cancel"),
    generate: () => post("generate"),
    remaster: () => post("remaster"),
    build: () => {
        toast("Building …");
        return post("build", {}, { source: "#dock", isLong: true });
    },
    rank: ({ rank }) => say("rank", { rank }),
    like: () => say("like"),
    edit: () => form.toggle(),
    spectrogram: () => dock.toggleSpectrogram(),
    help: () => document.getElementById("keys").showModal(),
    "pin-a": () => pin("a"),
    "pin-b": () => pin("b"),
    flip: () => flip(),
    day: () => playAll(),
};

function pin(side) {
    const take = rows.take();
    if (take?.cleaned) toast(CLEANED);
    else if (take) pair.set(side, take);
}

/** Between A and B; what nobody has held yet is what was heard before, and what is shown. */
function flip() {
    const take = rows.take();
    if (take?.cleaned) return toast(CLEANED);
    const other = rows.takes(rows.selected).find((one) => one.chosen && !one.cleaned && one.id !== take?.id);
    if (!pair.a) pair.set("a", other ?? (before?.id === take?.id ? null : before));
    if (!pair.b || (pair.a && pair.b.id === pair.a.id)) pair.set("b", take);
    return pair.flip();
}

function playAll() {
    const button = document.getElementById("play-all");
    if (day) return day.stop();
    const sounds = new Map(rows.chosen());
    if (!sounds.size) return toast("Nothing is chosen yet; press G to generate all.");
    button.classList.add("on");
    day = playDay(sounds, { onStep: (key) => key && rows.select(key) });
    day.done.finally(() => {
        day = null;
        document.getElementById("play-all")?.classList.remove("on");
    });
}

function act(name, details = {}) {
    actions[name]?.(details);
}

listen(act);
onPress((button) => {
    const row = button.closest(".row");
    if (row) rows.select(row.dataset.key, { scroll: false });
    if (button.dataset.rank) act("rank", { rank: button.dataset.rank });
    else act(button.dataset.do);
});
list.addEventListener("click", ({ target, clientX }) => {
    const canvas = target.closest(".outline");
    if (!canvas) return;
    rows.select(canvas.closest(".row").dataset.key, { scroll: false });
    const take = rows.take();
    if (!take || take.cleaned) return;
    const { left, width } = canvas.getBoundingClientRect();
    deck.play(take, { at: ((clientX - left) / width) * take.duration });
});
document.addEventListener("studio:undone", ({ detail }) => rows.select(detail.key));
document.addEventListener("studio:built", ({ detail }) => {
    toast(`Version ${detail.version} is built.`, { action: { label: "Download again", run: () => location.assign(detail.url) } });
    location.assign(detail.url);
});

// What was pressed and not yet asked for would be lost.
addEventListener("beforeunload", (event) => asked > 1 && event.preventDefault());
// What was open in the bar stays open when it comes anew.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    for (const open of detail.target.querySelectorAll("details[open][class]")) {
        detail.fragment.querySelector(`details.${open.classList[0]}`)?.setAttribute("open", "");
    }
});

let heardLast = rows.take()?.id ?? null;
rows.addEventListener("change", () => {
    const take = rows.take();
    deck.prefetch(rows.nearby());
    if (!take || take.id === heardLast) return;
    before = deck.sound ?? before;
    heardLast = take.id;
    if (day || take.cleaned) return;
    if (byItself.checked || (!deck.paused && !pair.onDeck)) deck.play(take);
    else if (deck.paused) deck.load(take);
});
deck.prefetch(rows.nearby());
list.closest("#pack").setAttribute("data-ready", "true");

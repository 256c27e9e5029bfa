/** Which key does what; inert wherever somebody types. */

const KEYS = {
    " ": "play",
    ArrowDown: "next",
    ArrowUp: "previous",
    ArrowLeft: "take-before",
    ArrowRight: "take-after",
    Enter: "choose",
    z: "undo",
    f: "like",
    r: "again",
    m: "mutate",
    l: "lock",
    e: "edit",
    g: "generate",
    x: "cancel",
    a: "pin-a",
    b: "pin-b",
    p: "day",
    s: "spectrogram",
    d: "build",
    "?": "help",
};
const SHIFTED = { " ": "flip", x: "cancel-all" };
const TYPING = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]";

/** Whether what a key is pressed in takes text, or a choice, by itself. */
export function isTyping(target) {
    return target instanceof Element && Boolean(target.closest(TYPING));
}

/** Call `act(name, event)` for each key of the map. */
export function listen(act) {
    // What was clicked with a mouse would keep Space and Enter for itself.
    document.addEventListener("click", ({ detail, target }) => detail && target.closest("button, summary")?.blur());
    document.addEventListener("keydown", (event) => {
        const { target, key } = event;
        if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target) || document.querySelector("dialog[open]")) return;
        // A button or link that somebody went to by Tab is pressed, as everywhere.
        if ((key === "Enter" || key === " ") && !event.shiftKey && isPressable(target)) return;
        const { name, rank } = meant(event);
        if (!name || (event.repeat && !/^Arrow/.test(key))) return;
        event.preventDefault();
        act(name, { rank });
    });
}

/** Digits go by their place, as some layouts need Shift for them; letters too, where the layout has others. */
function meant({ key, code, shiftKey }) {
    const rank = key !== "?" && /^(?:Digit|Numpad)([1-5])$/.exec(code ?? "")?.[1];
    if (rank) return { name: "rank", rank };
    const latin = /^[ -~]$/.test(key) ? key : /^Key([A-Z])$/.exec(code ?? "")?.[1];
    const word = latin?.toLowerCase() ?? key;
    return { name: (shiftKey && SHIFTED[word]) || KEYS[word] };
}

export function isPressable(target) {
    return target instanceof Element && target.matches(":focus-visible") && Boolean(target.closest("button, a[href], summary, label"));
}

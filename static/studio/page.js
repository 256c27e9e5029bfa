/** What every page has: dark and light, lines to copy, and a sentence for what went wrong. */

import { deck } from "./deck.js";
import { toast } from "./toast.js";

document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-appearance]")) changeTheme();
    const copied = target.closest("[data-copy]");
    if (copied) copy(document.getElementById(copied.dataset.copy).textContent);
});
document.addEventListener("htmx:responseError", ({ target, detail }) => {
    if (isUnasked(target)) return;
    const said = detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
    const sentence = said ? detail.xhr.responseText : `The studio answered ${detail.xhr.status}; its log says more.`;
    toast(sentence, { kind: "error" });
});
document.addEventListener("htmx:sendError", ({ target }) => {
    if (!isUnasked(target)) toast("The studio cannot be reached; is it still running?", { kind: "error" });
});
deck.addEventListener("error", ({ detail }) => toast(detail, { kind: "error" }));

/** Whether a page asks for it by itself, again and again, and nobody waits for it. */
function isUnasked(target) {
    return target.matches("[data-unasked]");
}

/** What the system has anyway is not remembered, so that it may change with the time of day. */
function changeTheme() {
    const root = document.documentElement;
    const theme = root.dataset.theme === "light" ? "dark" : "light";
    const system = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
    root.dataset.theme = theme;
    try {
        if (theme === system) localStorage.removeItem("ccbell.theme");
        else localStorage.setItem("ccbell.theme", theme);
    } catch {
        // it lasts as long as the page
    }
}

/** Without the clipboard's own interface: pages over plain http do not have it. */
function copy(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "off-screen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    toast(done ? "Copied." : "Your browser does not let a page copy; select the line yourself.");
}

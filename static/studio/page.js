/** What every page has: dark and light, lines to copy, and a sentence for what went wrong. */

import { deck } from "./deck.js";
import { toast } from "./toast.js";

const THEMES = { "": "dark", dark: "light", light: "" };
const SAID = { "": "As the system has it.", dark: "Dark.", light: "Light." };

document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-appearance]")) changeTheme();
    const copied = target.closest("[data-copy]");
    if (copied) copy(document.getElementById(copied.dataset.copy).textContent);
});
document.addEventListener("htmx:responseError", ({ detail }) => {
    const said = detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
    const sentence = said ? detail.xhr.responseText : `The studio answered ${detail.xhr.status}; its log says more.`;
    toast(sentence, { kind: "error" });
});
document.addEventListener("htmx:sendError", () => {
    toast("The studio cannot be reached; is it still running?", { kind: "error" });
});
deck.addEventListener("error", ({ detail }) => toast(detail, { kind: "error" }));

function changeTheme() {
    const root = document.documentElement;
    const theme = THEMES[root.dataset.theme ?? ""];
    root.dataset.theme = theme;
    try {
        localStorage.setItem("ccbell.theme", theme);
    } catch {
        // it lasts as long as the page
    }
    toast(SAID[theme]);
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

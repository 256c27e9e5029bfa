/** A list of jobs, or of what jobs are for, as it changes: the element marked `data-live` comes anew. */

import { follow } from "./stream.js";

const SOON_MS = 300;
const headers = JSON.parse(document.body.getAttribute("hx-headers"));
let timer = 0;

follow({
    after: document.querySelector("[data-live]").dataset.event,
    on: (event) => {
        const row = document.querySelector(`[data-job="${event.job_id}"]`);
        const bar = row?.querySelector("progress");
        const step = row?.querySelector(".step");
        if (event.status !== "processing" || !bar) return soon();
        bar.value = event.progress;
        if (step) step.textContent = event.message;
    },
});
document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-verb]");
    if (button) htmx.ajax("POST", button.dataset.verb, { source: button, swap: "none", headers }).then(soon, () => {});
});

/** Fetch the list anew, once for all that happens at about the same time. */
function soon() {
    timer ||= setTimeout(() => {
        timer = 0;
        htmx.ajax("GET", location.href, { source: "[data-live]", target: "[data-live]", swap: "outerHTML" }).catch(() => {});
    }, SOON_MS);
}

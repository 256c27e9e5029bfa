/** The jobs as they change. */

import { follow } from "./stream.js";

const SOON_MS = 300;
const headers = JSON.parse(document.body.getAttribute("hx-headers"));
let timer = 0;

follow({
    after: document.getElementById("jobs").dataset.event,
    on: (event) => {
        const row = document.querySelector(`[data-job="${event.job_id}"]`);
        const bar = row?.querySelector("progress");
        if (event.status === "processing" && bar) bar.value = event.progress;
        else soon();
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
        htmx.ajax("GET", location.href, { source: "#jobs", target: "#jobs", swap: "outerHTML" }).catch(() => {});
    }, SOON_MS);
}

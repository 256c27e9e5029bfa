/** What the queue does, shown in the rows as it happens. */

import { ask } from "./ask.js";
import { follow } from "./stream.js";

const ENDED = ["completed", "failed", "cancelled"];
const TOGETHER_MS = 25;
const AWAY_MS = 3000;
const ALL = ["*"];
const WAITING = "[data-state=queued], [data-state=running]";

export class Live {
    #base;
    #rows;
    #keys = new Set();
    #jobs = new Map();
    #foreign = new Set();
    #timer = 0;
    #adopted = 0;

    constructor(root, rows) {
        this.#base = root.dataset.base;
        this.#rows = rows;
        rows.addEventListener("adopt", () => (this.#adopted += 1));
        let hiddenAt = 0;
        document.addEventListener("visibilitychange", () => {
            if (document.hidden) hiddenAt = Date.now();
            else if (Date.now() - hiddenAt > AWAY_MS) this.#want(ALL); // what was chosen or locked elsewhere is no event
        });
        follow({ after: root.dataset.event, on: (event) => this.#on(event), onState: (state) => this.#tellState(state) });
    }

    #on(event) {
        if (event.type === "missed") return this.#want(ALL);
        if (event.type === "poll") return this.#want(this.#waiting());
        const row = document.querySelector(`[data-job="${event.job_id}"]`);
        if (!row) {
            if (!this.#foreign.has(event.batch_id)) this.#want([], event);
        } else if (ENDED.includes(event.status) || event.status !== "processing") {
            this.#want([row.dataset.key]);
        } else {
            this.#show(row, event);
        }
    }

    /** A step of a running job; what it is called changes rarely, so the row stays. */
    #show(row, { progress, message }) {
        if (row.dataset.state !== "running") {
            row.dataset.state = "running";
            const bar = document.createElement("progress");
            bar.max = 100;
            bar.setAttribute("aria-label", `Making ${row.querySelector(".pick b").textContent}`);
            const step = document.createElement("span");
            step.className = "step quiet";
            row.querySelector(".state").replaceChildren(bar, step);
        }
        row.querySelector(".state progress").value = progress;
        row.querySelector(".state .step").textContent = message;
    }

    #waiting() {
        return [...document.querySelectorAll(WAITING)].map((row) => row.dataset.key);
    }

    /** Have some rows, and those of an unknown job, come anew; what is wanted at about the same time comes at once. */
    #want(keys, event = null) {
        for (const key of keys) this.#keys.add(key);
        if (event) this.#jobs.set(event.job_id, event.batch_id);
        this.#timer ||= setTimeout(() => this.#refresh(), TOGETHER_MS);
    }

    async #refresh() {
        const [keys, jobs] = [this.#keys, this.#jobs];
        [this.#keys, this.#jobs] = [new Set(), new Map()];
        this.#timer = 0;
        const asked = new URLSearchParams([...[...keys].map((key) => ["key", key]), ...[...jobs.keys()].map((job) => ["job", job])]);
        if (!asked.size) return;
        const before = this.#adopted;
        try {
            await ask("GET", `${this.#base}rows/?${asked}`, { source: "#rows", swap: "none" });
        } catch {
            this.#keys = new Set([...keys, ...this.#keys]); // with the next look
            this.#jobs = new Map([...jobs, ...this.#jobs]);
            return;
        }
        await null; // the rows are adopted when this task ends
        if (!keys.size && this.#adopted === before) for (const batch of jobs.values()) this.#foreign.add(batch);
        this.#tellPlaces();
    }

    #tellPlaces() {
        const places = JSON.parse(document.getElementById("places")?.textContent || "{}") || {};
        for (const row of document.querySelectorAll("[data-state=queued]")) {
            const place = places[row.dataset.job];
            const label = row.querySelector(".place");
            if (label && place) label.textContent = place === 1 ? "queued, next in line" : `queued, place ${place} in line`;
        }
    }

    #tellState(state) {
        const words = state === "polling" ? "No live connection; looking each second." : "";
        const place = document.getElementById("stream");
        if (place) place.textContent = words;
        document.documentElement.dataset.stream = state;
        if (state === "live") this.#want([]);
    }
}

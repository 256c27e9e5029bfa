/** Events of the queue as they happen: one connection for all tabs, held by stream-worker.js. */

const POLL_MS = 1000;

/**
 * Follow what happens after event `after`, which the page was rendered at.
 * `on` gets each event once and in order, with its `id`; also {type: "poll"} each second while there is no stream,
 * and {type: "missed"} when too much has happened: then look at everything again.
 * `onState` gets "live" or "polling".
 */
export function follow({ after, on, onState = () => {} }) {
    return new Follower(Number(after) || 0, on, onState);
}

class Follower {
    #after;
    #on;
    #onState;
    #state = null;
    #port = null;
    #stop = () => {};
    #timer = 0;
    #listening = new AbortController();

    constructor(after, on, onState) {
        this.#after = after;
        this.#on = on;
        this.#onState = onState;
        const signal = this.#listening.signal;
        const shared = "SharedWorker" in globalThis;
        this.#connect(shared);
        this.#follow();
        addEventListener("pagehide", () => this.#leave(), { signal });
        addEventListener("pageshow", ({ persisted }) => persisted && this.#follow(), { signal });
        document.addEventListener("resume", () => this.#follow(), { signal });
        document.addEventListener(
            "visibilitychange",
            () => {
                if (!document.hidden) this.#follow();
                else if (!shared) this.#leave(); // a connection of its own, which other tabs may need
            },
            { signal },
        );
    }

    close() {
        this.#leave();
        this.#stop();
        this.#listening.abort();
        clearInterval(this.#timer);
    }

    #connect(shared) {
        const url = meta("stream-worker");
        if (!url) return this.#turn("polling");
        try {
            const worker = shared ? new SharedWorker(url, { name: meta("user-id") }) : new Worker(url);
            worker.onerror = () => this.#turn("polling");
            this.#port = shared ? worker.port : worker;
            this.#port.onmessage = ({ data }) => this.#take(data);
            this.#stop = () => (shared ? worker.port.close() : worker.terminate());
        } catch {
            this.#turn("polling");
        }
    }

    #follow() {
        this.#port?.postMessage({ kind: "follow", after: this.#after });
    }

    #leave() {
        this.#port?.postMessage({ kind: "bye" });
    }

    #take({ kind, events, state, after }) {
        if (kind === "ping") this.#follow();
        else if (kind === "state") this.#turn(state);
        else if (kind === "missed") {
            this.#after = after;
            this.#on({ type: "missed" });
        } else {
            for (const event of events) {
                if (event.id <= this.#after) continue;
                this.#after = event.id;
                this.#on(event);
            }
        }
    }

    #turn(state) {
        if (state === this.#state) return;
        this.#state = state;
        clearInterval(this.#timer);
        if (state === "polling") {
            this.#timer = setInterval(() => document.hidden || this.#on({ type: "poll" }), POLL_MS);
        }
        this.#onState(state);
    }
}

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

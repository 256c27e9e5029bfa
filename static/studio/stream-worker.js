/**
 * Holds the one event stream for all tabs, as HTTP/1.1 allows only six connections to a host.
 * A classic script: runs as a SharedWorker, or as the Worker of one page where there is no SharedWorker.
 *
 * A tab says {kind: "follow", after} when it begins, when it comes back and in answer to each ping, and {kind: "bye"}.
 * It is told {kind: "events", events}, {kind: "state", state}, {kind: "missed", after} and {kind: "ping"}.
 */
"use strict";

{
    const KEPT = 1000;
    const BROKEN_AFTER_MS = 2000;
    const AGAIN_MS = 2000;
    const AGAIN_AT_MOST_MS = 10000;
    const PING_MS = 15000;
    const SILENT_PINGS = 2;

    /** Tabs that follow, with the event each is at and the pings it has not answered. */
    const tabs = new Map();

    /** The last events: all after `floor`, up to `last`. */
    let events = [];
    let floor = null;
    let last = null;

    let source = null;
    let state = null;
    let brokenTimer = 0;
    let againTimer = 0;
    let againMs = AGAIN_MS;

    const setState = (now) => {
        clearTimeout(brokenTimer);
        brokenTimer = 0;
        if (state === now) return;
        state = now;
        for (const port of tabs.keys()) port.postMessage({ kind: "state", state });
    };

    const broken = () => {
        brokenTimer ||= setTimeout(() => setState("polling"), BROKEN_AFTER_MS);
    };

    const open = () => {
        broken(); // until it is open
        source = new EventSource(`/api/queue/events?last_event_id=${last}`);
        source.onopen = () => {
            againMs = AGAIN_MS;
            setState("live");
        };
        source.onerror = () => {
            broken();
            if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
            clearTimeout(againTimer);
            againTimer = setTimeout(open, againMs);
            againMs = Math.min(againMs * 1.5, AGAIN_AT_MOST_MS);
        };
        source.onmessage = (message) => {
            const id = Number(message.lastEventId);
            if (id <= last) startOver(id - 1);
            take({ ...JSON.parse(message.data), id });
        };
    };

    const close = () => {
        source?.close();
        source = null;
        clearTimeout(againTimer);
        clearTimeout(brokenTimer);
        brokenTimer = 0;
        againMs = AGAIN_MS;
        state = null;
    };

    /** Ids went back, so this is another database, a restored one: nothing that is known holds any more. */
    const startOver = (after) => {
        events = [];
        floor = last = after;
        for (const [port, tab] of tabs) {
            tab.after = after;
            port.postMessage({ kind: "missed", after });
        }
    };

    const take = (event) => {
        last = event.id;
        events.push(event);
        if (events.length > KEPT) floor = events.shift().id;
        for (const [port, tab] of tabs) {
            if (event.id <= tab.after) continue;
            tab.after = event.id;
            port.postMessage({ kind: "events", events: [event] });
        }
    };

    const follow = (port, after) => {
        if (!source && (last === null || after > last || after < floor)) {
            events = [];
            floor = last = after;
        }
        const tab = { after, unanswered: 0 };
        tabs.set(port, tab);
        if (after < floor) {
            tab.after = last;
            port.postMessage({ kind: "missed", after: last });
        }
        const missing = events.filter(({ id }) => id > tab.after);
        if (missing.length) {
            tab.after = last;
            port.postMessage({ kind: "events", events: missing });
        }
        if (!source) open();
        if (state) port.postMessage({ kind: "state", state });
    };

    const leave = (port) => {
        tabs.delete(port);
        if (!tabs.size) close();
    };

    const listen = (port) => {
        port.onmessage = ({ data }) => (data.kind === "follow" ? follow(port, data.after) : leave(port));
    };

    setInterval(() => {
        for (const [port, tab] of tabs) {
            if (tab.unanswered >= SILENT_PINGS) leave(port);
            else port.postMessage({ kind: "ping" });
            tab.unanswered += 1;
        }
    }, PING_MS);

    if ("onconnect" in self) self.onconnect = ({ ports: [port] }) => listen(port);
    else listen(self);
}

/** “Play all”: the sounds of a pack in the order in which a day with a coding agent brings them. */

import { deck } from "./deck.js";

const DAY = [
    "session_start",
    "prompt_submit",
    "tool_start",
    "tool_complete",
    "tool_start",
    "tool_complete",
    "tool_complete",
    "tool_error",
    "tool_start",
    "tool_complete",
    "permission_required",
    "tool_start",
    "tool_complete",
    "question",
    "prompt_submit",
    "subagent_start",
    "tool_complete",
    "tool_complete",
    "subagent_complete",
    "context_limit",
    "api_error",
    "tool_complete",
    "idle",
    "prompt_submit",
    "user_spam",
    "tool_start",
    "tool_complete",
    "task_complete",
    "session_end",
];
const END = "session_end";

/** Seconds of quiet before a hook's sound: tools follow quickly, people take their time. */
const QUIET_S = {
    tool_start: 0.3,
    tool_complete: 0.25,
    tool_error: 0.3,
    subagent_start: 0.4,
    prompt_submit: 0.75,
    idle: 0.9,
    user_spam: 0.35,
    task_complete: 0.6,
    session_end: 0.9,
};
const USUAL_QUIET_S = 0.5;

/** Hooks in the order of a day: frequent ones come more than once, each of `keys` at least once, own ones late. */
export function codingDay(keys) {
    const present = new Set(keys);
    const day = DAY.filter((key) => present.has(key));
    const own = [...present].filter((key) => !DAY.includes(key));
    day.splice(day.at(-1) === END ? day.length - 1 : day.length, 0, ...own);
    return day;
}

/**
 * Play the sounds of a pack, `{hook: sound}` or a Map of that, as a day would.
 * `onStep(hook)` is called before each, `onStep(null)` at the end.
 * Ends as soon as somebody else uses the deck. `done` resolves to whether the day came to its end.
 */
export function playDay(soundsByHook, { onStep = () => {} } = {}) {
    const entries = soundsByHook instanceof Map ? [...soundsByHook] : Object.entries(soundsByHook);
    const sounds = new Map(entries.filter(([, sound]) => sound));
    const day = codingDay([...sounds.keys()]);
    const listening = new AbortController();
    const { signal } = listening;
    let ours = false;
    let timer = 0;
    let finish;
    const done = new Promise((resolve) => (finish = resolve));

    const end = (whole) => {
        if (signal.aborted) return;
        listening.abort();
        clearTimeout(timer);
        onStep(null);
        finish(whole);
    };
    const next = () => {
        const key = day.shift();
        if (key === undefined) return end(true);
        onStep(key);
        if (signal.aborted) return;
        ours = true;
        deck.play(sounds.get(key), { at: 0 });
        ours = false;
    };
    const rest = () => {
        if (!day.length) return end(true);
        timer = setTimeout(next, 1000 * (QUIET_S[day[0]] ?? USUAL_QUIET_S));
    };
    const whenOthers = () => ours || end(false);
    deck.addEventListener("change", whenOthers, { signal });
    deck.addEventListener("play", whenOthers, { signal });
    deck.addEventListener("pause", () => ours || deck.ended || deck.error || end(false), { signal });
    deck.addEventListener("ended", rest, { signal });
    deck.addEventListener("error", rest, { signal }); // one that cannot be heard is passed over

    deck.prefetch([...new Set(day)].map((key) => sounds.get(key)));
    queueMicrotask(next); // whoever asks for it knows by then that it runs
    return {
        stop() {
            if (signal.aborted) return;
            end(false);
            deck.stop();
        },
        done,
    };
}

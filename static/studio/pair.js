/** Two sounds to compare: they run in step, at one loudness, and a flip changes which of them is heard. */

import { deck } from "./deck.js";

class Pair extends EventTarget {
    #sounds = { a: null, b: null };
    #heard = "a";
    #wasOnDeck = false;

    constructor() {
        super();
        deck.addEventListener("change", () => {
            if (this.onDeck !== this.#wasOnDeck) this.#tell("change");
        });
        deck.addEventListener("error", (event) => this.onDeck && this.#tell("error", event.detail));
    }

    get a() {
        return this.#sounds.a;
    }

    get b() {
        return this.#sounds.b;
    }

    /** Which of the two is heard, or will be at the next flip that starts them: "a" or "b". */
    get heard() {
        return this.#heard;
    }

    /** Decibels by which b is louder than a; the louder is turned down by that much. 0 where it is not known. */
    get offset() {
        const [a, b] = [this.a?.lufs, this.b?.lufs];
        return Number.isFinite(a) && Number.isFinite(b) ? b - a : 0;
    }

    /** Whether it is these two that the deck plays. */
    get onDeck() {
        const [a, b] = deck.sounds;
        return Boolean(a && b) && a.id === this.a?.id && b.id === this.b?.id;
    }

    /** Choose one of the two; what plays goes on until the next flip. */
    set(side, sound) {
        this.#sounds[side] = sound;
        deck.prefetch([this.a, this.b].filter(Boolean), { keep: true });
        this.#tell("change");
    }

    clear() {
        if (this.onDeck) deck.load(deck.sound);
        this.#sounds = { a: null, b: null };
        this.#heard = "a";
        this.#tell("change");
    }

    /** Hear the other one at the same place. Starts the two where nothing plays, with a where they are new. */
    flip() {
        if (!this.a || !this.b) {
            this.#tell("error", "Choose two sounds first, to compare them.");
            return Promise.resolve(false);
        }
        if (this.onDeck) {
            this.#heard = this.#heard === "a" ? "b" : "a";
            deck.hear(this.#index);
        } else {
            this.#mount();
        }
        this.#tell("change");
        return deck.play();
    }

    /** Put the two on the deck; where one of them is heard already, the other one goes on from there. */
    #mount() {
        const other = { [this.a.id]: "b", [this.b.id]: "a" }[deck.sound?.id];
        this.#heard = other ?? "a";
        deck.loadBoth([this.a, this.b], {
            gains: [Math.min(this.offset, 0), Math.min(-this.offset, 0)].map((gain) => gain || 0),
            heard: this.#index,
            keep: Boolean(other) && !deck.ended,
        });
    }

    get #index() {
        return this.#heard === "a" ? 0 : 1;
    }

    #tell(type, detail = null) {
        this.#wasOnDeck = this.onDeck;
        this.dispatchEvent(new CustomEvent(type, { detail }));
    }
}

export const pair = new Pair();

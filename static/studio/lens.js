import { deck } from "./deck.js";

/** The deck as the media element of one sound: at rest while the deck has others, and taken over by seeking. */
export class Lens extends EventTarget {
    sound = null;
    volume = 1;
    muted = false;
    playbackRate = 1;
    readyState = 4;
    error = null;
    #listening = new AbortController();

    constructor() {
        super();
        const pass = ({ type }) => this.dispatchEvent(new Event(type));
        for (const type of ["play", "pause", "ended", "timeupdate", "seeking", "seeked"]) {
            deck.addEventListener(type, (event) => this.on && pass(event), { signal: this.#listening.signal });
        }
        deck.addEventListener("change", () => this.refresh(), { signal: this.#listening.signal });
    }

    get on() {
        return deck.sounds.some(({ id }) => id === this.sound?.id);
    }

    get duration() {
        return this.sound?.duration || 0;
    }

    get currentTime() {
        return this.on ? Math.min(deck.currentTime, this.duration) : 0;
    }

    set currentTime(seconds) {
        if (!this.sound?.url) return; // it was cleaned up
        if (!this.on) deck.load(this.sound);
        deck.currentTime = seconds;
    }

    get paused() {
        return !this.on || deck.paused;
    }

    get ended() {
        return this.on && deck.ended;
    }

    refresh() {
        const types = ["durationchange", this.paused ? "pause" : "play", "timeupdate"];
        for (const type of types) this.dispatchEvent(new Event(type));
    }

    play() {
        if (this.sound?.url) return deck.play(this.on ? undefined : this.sound);
    }

    pause() {
        if (this.on) deck.pause();
    }

    close() {
        this.#listening.abort();
    }
}

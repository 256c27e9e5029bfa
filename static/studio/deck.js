/** The page's one player, on the Web Audio API: a press sounds in the same task once the sound is decoded. */

import { RATE_HZ, Shelf, Unheard } from "./shelf.js";
import { Voice, within } from "./voice.js";

const FLIP_S = 0.008;
const VOLUME_KEY = "ccbell.volume";

/**
 * Plays one sound, or two in step of which one is heard.
 * Looks like a media element to wavesurfer.js, hence some members that nothing here needs.
 */
class Deck extends EventTarget {
    #shelf = new Shelf();
    #parts = [];
    #heard = 0;
    #filling = null;
    #context = null;
    #master = null;
    #voices = [];
    #startedAt = 0;
    #position = 0;
    #paused = true;
    #sounding = false;
    #frame = 0;
    #volume = 0.8;
    #muted = false;
    analyser = null;
    error = null;
    seeking = false;
    playbackRate = 1;
    preservesPitch = true;

    constructor() {
        super();
        try {
            const kept = parseFloat(localStorage.getItem(VOLUME_KEY));
            if (kept >= 0 && kept <= 1) this.#volume = kept;
        } catch {
            // without storage it is not remembered
        }
        const wake = () => (navigator.userActivation?.isActive ?? true) && this.#wake();
        for (const gesture of ["pointerdown", "pointerup", "keydown"]) {
            addEventListener(gesture, wake, { capture: true, passive: true });
        }
    }

    /** What is heard now, or would be. */
    get sound() {
        return this.#parts[this.#heard]?.sound ?? null;
    }

    /** All that is on the deck: none, one, or the two of a pair. */
    get sounds() {
        return this.#parts.map((part) => part.sound);
    }

    get paused() {
        return this.#paused;
    }

    get ended() {
        return this.#parts.length > 0 && this.#paused && this.#position >= this.duration;
    }

    get duration() {
        if (!this.#parts.length) return NaN;
        return Math.max(...this.#parts.map(({ buffer, sound }) => buffer?.duration ?? sound.duration ?? NaN));
    }

    get currentTime() {
        return this.#positionAt(this.#context?.currentTime ?? 0);
    }

    set currentTime(seconds) {
        if (!this.#parts.length || !Number.isFinite(seconds)) return;
        const when = this.#silence();
        this.#position = within(seconds, 0, this.duration || Infinity);
        this.seeking = true;
        this.#tell("seeking");
        if (when && !this.#paused) this.#sound(when);
        this.seeking = false;
        this.#tell("seeked");
        this.#tell("timeupdate");
    }

    get volume() {
        return this.#volume;
    }

    set volume(volume) {
        this.#volume = within(Number(volume) || 0, 0, 1);
        try {
            localStorage.setItem(VOLUME_KEY, String(this.#volume));
        } catch {
            // as above
        }
        this.#level();
    }

    get muted() {
        return this.#muted;
    }

    set muted(muted) {
        this.#muted = Boolean(muted);
        this.#level();
    }

    /** Decibels by which what is heard is turned down to match the other of a pair. */
    get gain() {
        return this.#parts[this.#heard]?.gain ?? 0;
    }

    /** Bytes that the decoded sounds take. */
    get bytes() {
        return this.#shelf.bytes;
    }

    get readyState() {
        return this.#parts.length ? 4 : 0;
    }

    get currentSrc() {
        return this.sound?.url ?? "";
    }

    get src() {
        return this.currentSrc;
    }

    set src(url) {
        this.load({ id: url, title: "", url, duration: NaN, lufs: null, outline: "", spectrogram: "" });
    }

    removeAttribute(name) {
        if (name === "src") this.#put([]);
    }

    canPlayType() {
        return "maybe";
    }

    /** Put a sound on the deck; resolves when it is decoded: to true, or to false after an error event. */
    load(sound) {
        if (!this.#has(sound)) this.#put([{ sound, gain: 0 }]);
        return this.#fill();
    }

    /** Put two sounds on the deck that run in step, `gains` in decibels; `keep` leaves the position where it is. */
    loadBoth(sounds, { gains = [0, 0], heard = 0, keep = false } = {}) {
        this.#put(
            sounds.map((sound, index) => ({ sound, gain: gains[index] })),
            { heard, keep },
        );
        return this.#fill();
    }

    /** Of the two on the deck, let this one be heard from now on. */
    hear(heard) {
        if (heard === this.#heard || !this.#parts[heard]) return;
        this.#heard = heard;
        const when = this.#soon();
        this.#voices.forEach((voice, index) => voice?.fade(this.#levelOf(index), when, FLIP_S));
        this.#tell("change");
    }

    /** Sound in this very task if decoded, else as soon as it is; from the start if it had ended. */
    play(sound = undefined, { at } = {}) {
        if (sound && !this.#has(sound)) this.#put([{ sound, gain: 0 }]);
        if (!this.#parts.length) return Promise.resolve(false);
        if (!this.#wake()) {
            this.#fail(new Unheard("Click anywhere or press a key first; until then the browser keeps it silent."));
            return Promise.resolve(false);
        }
        if (at !== undefined) this.currentTime = at;
        else if (this.ended) this.#position = 0;
        if (this.#paused) {
            this.#paused = false;
            this.#tell("play");
        }
        if (this.#isFilled()) {
            if (!this.#voices.length) this.#sound();
            return Promise.resolve(true);
        }
        const parts = this.#parts;
        return this.#fill().then((filled) => {
            if (filled && parts === this.#parts && !this.#paused && !this.#voices.length) this.#sound();
            return filled;
        });
    }

    pause() {
        if (this.#paused) return;
        this.#silence();
        this.#paused = true;
        this.#tell("timeupdate");
        this.#tell("pause");
    }

    toggle(sound = undefined) {
        if (this.#paused || (sound && !this.#has(sound))) return this.play(sound);
        this.pause();
        return Promise.resolve(true);
    }

    /** Pause and go back to the start. */
    stop() {
        this.pause();
        if (this.#position) this.currentTime = 0;
    }

    /** Fetch and decode ahead what will probably be played, in this order; `keep` what still waits after it. */
    prefetch(sounds, { keep = false } = {}) {
        this.#shelf.ahead(sounds, keep);
    }

    #has(sound) {
        const [one, other] = this.sounds;
        return !other && one?.id === sound.id && one?.url === sound.url;
    }

    #put(parts, { heard = 0, keep = false } = {}) {
        this.pause();
        this.#parts = parts;
        this.#heard = heard;
        this.#filling = null;
        if (!keep) this.#position = 0;
        this.error = null;
        this.#isFilled();
        for (const type of ["change", "durationchange", "timeupdate"]) this.#tell(type);
    }

    #isFilled() {
        return this.#parts.every((part) => (part.buffer ??= this.#shelf.get(part.sound.url)));
    }

    #fill() {
        const parts = this.#parts;
        const bring = async (part) => (part.buffer ??= await this.#shelf.bring(part.sound.url));
        this.#filling ??= Promise.all(parts.map(bring)).then(
            () => {
                if (parts !== this.#parts) return false;
                for (const type of ["durationchange", "loadedmetadata", "canplay"]) this.#tell(type);
                return true;
            },
            (error) => {
                if (parts !== this.#parts) return false;
                this.#filling = null;
                this.#fail(error);
                return false;
            },
        );
        return this.#filling;
    }

    #fail(error) {
        this.error = error;
        this.pause();
        this.#tell("error", error instanceof Unheard ? error.message : "This sound cannot be played.");
    }

    /** The context, running or about to; null while the browser does not allow one yet. */
    #wake() {
        if (!this.#context) {
            if (!(navigator.userActivation?.hasBeenActive ?? true)) return null;
            if (navigator.audioSession) navigator.audioSession.type = "playback"; // iOS: heard with the ring switch off
            // At the masters' own rate nothing but the device's resampler touches them.
            this.#context = new AudioContext({ latencyHint: "interactive", sampleRate: RATE_HZ });
            this.#master = new GainNode(this.#context, { gain: this.#muted ? 0 : this.#volume });
            this.analyser = new AnalyserNode(this.#context);
            this.#master.connect(this.analyser).connect(this.#context.destination);
        }
        if (this.#context.state !== "running") this.#context.resume().catch(() => {});
        return this.#context;
    }

    #sound(when = 0) {
        const context = this.#wake();
        const at = this.#position;
        // Two have to start at one moment that is still to come, and a fade from silence needs all of its time;
        // the beginning of one sound comes as soon as it can.
        const start = when || (at || this.#parts.length > 1 ? this.#soon() : context.currentTime);
        this.#voices = this.#parts.map(({ buffer }, index) =>
            at < buffer.duration ? new Voice(context, this.#master, buffer, start, at, this.#levelOf(index)) : null,
        );
        this.#startedAt = Math.max(start, context.currentTime);
        this.#sounding = false;
        const lengths = this.#voices.map((voice) => voice?.source.buffer.duration ?? 0);
        const last = this.#voices[lengths.indexOf(Math.max(...lengths))];
        if (!last) return this.#finish();
        last.source.addEventListener("ended", () => this.#voices.includes(last) && this.#finish());
        this.#frame ||= requestAnimationFrame(this.#tick);
    }

    /** Fade out what sounds; returns the moment at which it does, 0 when nothing sounds. */
    #silence() {
        if (!this.#voices.length) return 0;
        const when = this.#soon();
        this.#position = this.#positionAt(when);
        for (const voice of this.#voices) voice?.end(when);
        this.#voices = [];
        return when;
    }

    #finish() {
        this.#voices = [];
        this.#position = this.duration;
        this.#paused = true;
        for (const type of ["timeupdate", "pause", "ended"]) this.#tell(type);
    }

    #tick = () => {
        this.#frame = 0;
        if (!this.#voices.length) return;
        this.#frame = requestAnimationFrame(this.#tick);
        if (!this.#sounding && this.#context.currentTime > this.#startedAt) {
            this.#sounding = true;
            this.#tell("playing");
        }
        this.#tell("timeupdate");
    };

    #positionAt(moment) {
        const run = this.#voices.length ? Math.max(moment - this.#startedAt, 0) : 0;
        return run ? Math.min(this.#position + run, this.duration || Infinity) : this.#position;
    }

    /** The next moment that the audio thread cannot have passed when it learns of it. */
    #soon() {
        if (!this.#context) return 0;
        return this.#context.currentTime + within(this.#context.baseLatency || 0, 0.003, 0.03) + 0.002;
    }

    #levelOf(index) {
        return index === this.#heard ? 10 ** (this.#parts[index].gain / 20) : 0;
    }

    #level() {
        const volume = this.#muted ? 0 : this.#volume;
        this.#master?.gain.setTargetAtTime(volume, this.#context.currentTime, 0.01);
        this.#tell("volumechange");
    }

    #tell(type, detail = null) {
        this.dispatchEvent(new CustomEvent(type, { detail }));
    }
}

export const deck = new Deck();

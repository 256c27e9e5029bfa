/** One sound as it sounds, without a click at either end. */

const START_FADE_S = 0.002; // the shortest that hides a click, so that an attack stays as it was mastered
const FADE_S = 0.004;

export const within = (value, least, most) => Math.min(Math.max(value, least), most);

/** One sound as it sounds: a source behind a gain that moves in straight lines, so its value is always known. */
export class Voice {
    #gain;
    #line;

    constructor(context, out, buffer, when, at, level) {
        this.#gain = new GainNode(context, { gain: 0 });
        this.#gain.connect(out);
        this.#line = { start: when, end: when + START_FADE_S, from: 0, to: level };
        this.#gain.gain.setValueAtTime(0, when);
        this.#gain.gain.linearRampToValueAtTime(level, when + START_FADE_S);
        this.source = new AudioBufferSourceNode(context, { buffer });
        this.source.connect(this.#gain);
        this.source.addEventListener("ended", () => this.#gain.disconnect());
        this.source.start(when, at);
    }

    fade(level, when, seconds) {
        const { start, end, from, to } = this.#line;
        const now = from + (to - from) * within((when - start) / (end - start), 0, 1);
        const gain = this.#gain.gain;
        gain.cancelScheduledValues(when);
        if (when < end) gain.linearRampToValueAtTime(now, when); // the line goes on until then
        else gain.setValueAtTime(now, when);
        gain.linearRampToValueAtTime(level, when + seconds);
        this.#line = { start: when, end: when + seconds, from: now, to: level };
    }

    end(when) {
        this.fade(0, when, FADE_S);
        this.source.stop(when + FADE_S);
    }
}

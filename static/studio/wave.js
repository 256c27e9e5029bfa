/** One sound large: a wave to seek in, the time, a spectrogram. */

import WaveSurfer from "../vendor/wavesurfer/wavesurfer.esm.js";
import { Lens } from "./lens.js";
import { colours, onLookChange, peaksOf } from "./outline.js";

const HEIGHT_PX = 96;
const ENOUGH = 800;
const ATTRIBUTES = "role tabindex aria-label aria-valuemin aria-valuemax aria-valuenow aria-valuetext".split(" ");

/** One sound large: its wave to click and drag in, the time, and its spectrogram when asked for. */
export class WaveDetail {
    #lens = new Lens();
    #container;
    #surfer;
    #sound = null;
    #look;
    #isPictured = false;
    #picture = null;
    #head = null;
    #time;
    #told = 0;

    constructor(container) {
        this.#container = container;
        const wave = part("div", "wave-detail-wave");
        this.#time = part("span", "wave-detail-time");
        container.replaceChildren(wave, this.#time);
        container.setAttribute("role", "slider");
        container.setAttribute("aria-valuemin", "0");
        container.tabIndex = 0;
        const { wave: waveColor, played: progressColor } = colours(wave);
        this.#surfer = WaveSurfer.create({
            container: wave,
            media: this.#lens,
            height: HEIGHT_PX,
            waveColor,
            progressColor,
            cursorColor: progressColor,
            cursorWidth: 2,
            barWidth: 2,
            barGap: 1,
            barRadius: 1,
            dragToSeek: { debounceTime: 30 },
            cspNonce: document.querySelector("script[nonce], style[nonce], link[nonce]")?.nonce,
        });
        adoptStyle(wave);
        this.#lens.addEventListener("timeupdate", this.#tell);
        this.#look = onLookChange(() => {
            const { wave: waveColor, played } = colours(wave);
            this.#surfer.setOptions({ waveColor, progressColor: played, cursorColor: played });
        });
    }

    /** Show this sound; the deck stays as it is until somebody seeks. */
    async show(sound) {
        this.#sound = sound;
        this.#lens.sound = sound;
        this.#container.setAttribute("aria-label", `Position in ${sound.title}`);
        this.#container.setAttribute("aria-valuemax", (sound.duration || 0).toFixed(2));
        this.#draw(peaksOf(sound.outline));
        this.spectrogram(this.#isPictured);
        if (!sound.peaks_url) return;
        try {
            const found = await (await fetch(sound.peaks_url)).json();
            const peaks = Array.isArray(found) ? found : found.peaks;
            if (sound === this.#sound && peaks?.length) this.#draw(peaks.map(Math.abs));
        } catch {
            // the outline stays
        }
    }

    /** Show or hide the spectrogram under the wave; its picture is only fetched when it is to be seen. */
    spectrogram(on) {
        this.#isPictured = on;
        this.#picture?.remove();
        this.#picture = this.#head = null;
        if (!on || !this.#sound?.spectrogram) return;
        const image = part("img", "wave-detail-picture");
        image.alt = `Spectrogram of ${this.#sound.title}`;
        image.loading = "lazy";
        image.src = this.#sound.spectrogram;
        Object.assign(image.style, { display: "block", width: "100%" });
        this.#head = part("div", "wave-detail-head");
        Object.assign(this.#head.style, {
            position: "absolute",
            top: "0",
            bottom: "0",
            width: "2px",
            background: "var(--wave-played, currentColor)",
            pointerEvents: "none",
        });
        this.#picture = part("div", "wave-detail-spectrogram");
        this.#picture.style.position = "relative";
        this.#picture.append(image, this.#head);
        this.#container.insertBefore(this.#picture, this.#time);
        this.#picture.addEventListener("click", ({ clientX }) => {
            const { left, width } = this.#picture.getBoundingClientRect();
            this.#lens.currentTime = ((clientX - left) / width) * this.#lens.duration;
        });
        this.#tell();
    }

    destroy() {
        this.#surfer.destroy();
        this.#lens.close();
        this.#look.disconnect();
        this.#container.replaceChildren();
        for (const name of ATTRIBUTES) this.#container.removeAttribute(name);
    }

    #draw(peaks) {
        this.#surfer.load("", [filled(peaks)], this.#sound.duration || 0.001); // as options they are not drawn anew
        this.#lens.refresh();
        this.#tell();
    }

    #tell = () => {
        const { currentTime, duration } = this.#lens;
        this.#time.textContent = `${currentTime.toFixed(2)} / ${duration.toFixed(2)} s`;
        if (this.#head) this.#head.style.left = `${duration ? (100 * currentTime) / duration : 0}%`;
        // Screen readers would stumble over sixty changes a second.
        if (!this.#lens.paused && performance.now() - this.#told < 250) return;
        this.#told = performance.now();
        this.#container.setAttribute("aria-valuenow", currentTime.toFixed(2));
        this.#container.setAttribute("aria-valuetext", `${currentTime.toFixed(2)} of ${duration.toFixed(2)} seconds`);
    };
}

/** Values between the peaks of a short outline, so that bars stand as close as in a row. */
function filled(peaks) {
    const count = Math.max(peaks.length, ENOUGH);
    return Float32Array.from({ length: count }, (_, index) => {
        const place = (index * (peaks.length - 1)) / (count - 1);
        const before = Math.floor(place);
        return peaks[before] + (place - before) * ((peaks[before + 1] ?? peaks[before]) - peaks[before]);
    });
}

function part(tag, name) {
    const element = document.createElement(tag);
    element.className = name;
    return element;
}

/** Where the page's policy forbids the style element of wavesurfer.js, take its rules as a sheet, which is allowed. */
function adoptStyle(wave) {
    const { shadowRoot } = wave.firstElementChild;
    const style = shadowRoot.querySelector("style");
    if (style.sheet) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style.textContent);
    shadowRoot.adoptedStyleSheets = [sheet];
}

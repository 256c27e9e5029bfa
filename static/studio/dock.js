/** The player at the bottom: the selected take large, its row's takes, and A and B. */

import { deck } from "./deck.js";
import { pair } from "./pair.js";
import { WaveDetail } from "./wave.js";

const byId = (id) => document.getElementById(id);

export class Dock {
    #rows;
    #wave = new WaveDetail(byId("wave"));
    #shown = null;
    #spectrogram = false;

    constructor(rows) {
        this.#rows = rows;
        rows.addEventListener("change", () => this.show());
        for (const type of ["play", "pause", "ended", "change"]) deck.addEventListener(type, () => this.#tellPlaying());
        pair.addEventListener("change", () => this.#tellPair());
        byId("volume").value = deck.volume;
        byId("volume").addEventListener("input", ({ target }) => (deck.volume = target.valueAsNumber));
        byId("takes").addEventListener("click", ({ target }) => {
            const chip = target.closest("[data-take]");
            if (chip) rows.show(chip.dataset.take);
        });
        this.#tellPair();
        this.show();
        new ResizeObserver(([{ target }]) => document.body.style.setProperty("--dock", `${target.offsetHeight}px`)).observe(byId("dock"));
    }

    /** Show what is selected now. */
    show() {
        const row = this.#rows.selected;
        const take = this.#rows.take(row);
        byId("dock-name").textContent = row?.querySelector(".pick b").textContent ?? "Nothing selected";
        byId("dock-take").textContent = take ? this.#about(take) : "no take yet";
        this.#showTakes(row, take);
        if (take && take.id !== this.#shown) this.#wave.show(take);
        this.#shown = take?.id ?? null;
        byId("wave").classList.toggle("nothing", !take);
        const page = byId("dock-page");
        page.hidden = !take;
        if (take) page.href = `/sounds/${take.id}/`;
        for (const button of document.querySelectorAll(".rank")) button.setAttribute("aria-pressed", String(take?.rank === Number(button.dataset.rank)));
        document.querySelector(".like").setAttribute("aria-pressed", String(Boolean(take?.liked)));
        this.#tellPlaying();
    }

    toggleSpectrogram() {
        this.#spectrogram = !this.#spectrogram;
        this.#wave.spectrogram(this.#spectrogram);
        document.querySelector("[data-do=spectrogram]").setAttribute("aria-pressed", String(this.#spectrogram));
    }

    #about({ no, duration, lufs, peak, quality, engine, chosen, cleaned }) {
        const facts = [`take ${no}${chosen ? ", chosen" : ""}${cleaned ? ", cleaned up: R makes it again" : ""}`, `${duration.toFixed(2)} s`, `${lufs.toFixed(1)} LUFS`, `${peak.toFixed(1)} dBTP`];
        return [...facts, `quality ${quality}`, engine].join(" · ");
    }

    #showTakes(row, shown) {
        const chips = this.#rows.takes(row).map((take) => {
            const chip = document.createElement("button");
            chip.type = "button";
            chip.className = "take";
            chip.dataset.take = take.id;
            chip.setAttribute("aria-pressed", String(take === shown));
            chip.classList.toggle("chosen", Boolean(take.chosen));
            chip.classList.toggle("cleaned", take.cleaned);
            const marks = [take.chosen && "✓", take.rank && `★${take.rank}`, take.liked && "♥"].filter(Boolean);
            chip.textContent = [take.no, ...marks].join(" ");
            chip.setAttribute("aria-label", [`Take ${take.no}`, take.chosen && "chosen", take.rank && `rank ${take.rank}`, take.liked && "favourite", take.cleaned && "cleaned up"].filter(Boolean).join(", "));
            return chip;
        });
        byId("takes").replaceChildren(...chips);
    }

    #tellPlaying() {
        const playing = !deck.paused && deck.sound?.id;
        for (const button of document.querySelectorAll(".play")) {
            const row = button.closest(".row");
            const on = playing && playing === (row ? this.#rows.take(row)?.id : this.#shown);
            const icon = on ? "#i-pause" : "#i-play";
            const use = button.querySelector("use");
            if (use.getAttribute("href") === icon) continue;
            use.setAttribute("href", icon);
            row?.classList.toggle("playing", Boolean(on));
        }
    }

    #tellPair() {
        for (const side of ["a", "b"]) {
            const sound = pair[side];
            byId(`ab-${side}`).textContent = sound ? `${sound.no} ${sound.title.replace(/, take \d+$/, "")}` : "–";
            const button = document.querySelector(`[data-do=pin-${side}]`);
            button.setAttribute("aria-pressed", String(Boolean(sound)));
            button.classList.toggle("heard", pair.onDeck && pair.heard === side);
        }
        const { offset } = pair;
        byId("ab-offset").textContent = pair.a && pair.b && Math.abs(offset) >= 0.1 ? `levels matched, ${Math.abs(offset).toFixed(1)} dB` : "";
    }
}

/** The rows of a pack: which one is selected, and which of its takes is shown. */

const SELECTED_KEY = `ccbell.selected ${location.pathname}`;

/** Where a page may store nothing, the first row is selected again. */
function kept() {
    try {
        return sessionStorage.getItem(SELECTED_KEY);
    } catch {
        return null;
    }
}

function keep(key) {
    try {
        sessionStorage.setItem(SELECTED_KEY, key);
    } catch {
        // as above
    }
}

/** A take as the player knows it; of one that was cleaned up there is nothing to be fetched. */
function soundOf(row, take) {
    const title = `${row.querySelector(".pick b").textContent}, take ${take.no}`;
    if (take.cleaned) return { ...take, title, url: "", spectrogram: "" };
    return {
        ...take,
        title,
        url: `/sounds/${take.id}/audio.wav`,
        spectrogram: `/sounds/${take.id}/spectrogram.png`,
    };
}

export class Rows extends EventTarget {
    #list;
    #key = null;
    #shown = new Map();
    #known = new Map();
    #takes = new WeakMap();

    constructor(list) {
        super();
        this.#list = list;
        for (const row of this.all) this.#know(row);
        this.#key = kept();
        if (!this.selected) this.#key = (this.all.find(({ dataset }) => dataset.enabled === "true") ?? this.all[0])?.dataset.key ?? null;
        this.#mark();
        new MutationObserver((changes) => {
            for (const { addedNodes } of changes) for (const node of addedNodes) if (node.matches?.(".row")) this.#adopt(node);
        }).observe(list, { childList: true });
    }

    get all() {
        return [...this.#list.children];
    }

    get selected() {
        return this.of(this.#key);
    }

    of(key) {
        return key === null ? null : document.getElementById(`row-${key}`);
    }

    /** All takes of a row, in the order they were made. */
    takes(row) {
        if (!row) return [];
        if (!this.#takes.has(row)) this.#takes.set(row, JSON.parse(row.dataset.takes).map((take) => soundOf(row, take)));
        return this.#takes.get(row);
    }

    /** The take that a row shows: the one somebody went to, else its choice, else its newest. */
    take(row = this.selected) {
        const takes = this.takes(row);
        return takes.find(({ id }) => id === this.#shown.get(row?.dataset.key)) ?? takes.find(({ chosen }) => chosen) ?? takes.at(-1) ?? null;
    }

    select(key, { scroll = true } = {}) {
        if (!this.of(key)) return;
        this.#key = key;
        keep(key);
        this.#mark(scroll);
        this.#tell();
    }

    /** Go so many rows down, or up where it is negative; at the ends it stays. */
    move(step) {
        const row = this.selected;
        const next = row ? (step > 0 ? row.nextElementSibling : row.previousElementSibling) : this.all[0];
        if (next) this.select(next.dataset.key);
        return Boolean(next);
    }

    /** Go so many takes on; past the last one the first comes again. */
    step(step) {
        const takes = this.takes(this.selected);
        if (!takes.length) return;
        const at = takes.indexOf(this.take());
        this.show(takes[(at + step + takes.length) % takes.length].id);
    }

    /** Show a take of the selected row. */
    show(id) {
        this.#shown.set(this.#key, id);
        this.#draw(this.selected);
        this.#tell();
    }

    /** Note what was said of a take, where the page has to know it before the row comes anew. */
    note(id, words) {
        for (const row of this.all) {
            const take = this.takes(row).find((one) => one.id === id);
            if (take) Object.assign(take, words);
        }
        this.#tell();
    }

    /** The takes around the selected one, the nearest first: what is likely to be heard next. */
    nearby(reach = 5) {
        const [takes, rows] = [this.takes(this.selected), this.all];
        const at = rows.indexOf(this.selected);
        const around = [];
        for (let step = 1; step <= reach; step += 1) around.push(rows[at + step], rows[at - step]);
        return [this.take(), ...takes, ...around.filter(Boolean).map((row) => this.take(row))].filter((take) => take?.url);
    }

    /** What stands for each row in the whole: its choice where there is one. */
    chosen() {
        const rows = this.all.filter(({ dataset }) => dataset.enabled === "true");
        return rows.map((row) => [row.dataset.key, this.takes(row).find(({ chosen }) => chosen)]).filter(([, take]) => take);
    }

    /** A row that came anew takes the place of the old one; a take that was not there before is shown. */
    #adopt(row) {
        const { key } = row.dataset;
        const known = this.#known.get(key) ?? new Set();
        const fresh = this.takes(row).filter(({ id }) => !known.has(id)).at(-1);
        if (fresh) this.#shown.set(key, fresh.id);
        this.#know(row);
        this.#draw(row);
        if (key === this.#key) this.#mark(false);
        this.dispatchEvent(new CustomEvent("adopt", { detail: row }));
        if (key === this.#key) this.#tell();
    }

    #know(row) {
        this.#known.set(row.dataset.key, new Set(this.takes(row).map(({ id }) => id)));
    }

    #draw(row) {
        const take = this.take(row);
        const canvas = row.querySelector(".outline");
        if (canvas.dataset.outline !== (take?.outline ?? "")) canvas.dataset.outline = take?.outline ?? "";
        const measure = row.querySelector(".measure");
        if (take) measure.innerHTML = `${take.duration.toFixed(2)} s<br>${take.lufs.toFixed(1)} LUFS`;
    }

    #mark(scroll = false) {
        for (const row of this.#list.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
        const row = this.selected;
        row?.setAttribute("aria-current", "true");
        if (scroll) row?.scrollIntoView({ block: "nearest" });
    }

    #tell() {
        this.dispatchEvent(new Event("change"));
    }
}

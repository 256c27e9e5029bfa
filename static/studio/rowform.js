/** What one row wants otherwise: of the row it was opened for, whatever is selected meanwhile. */

const form = document.getElementById("row-form");
const opener = document.querySelector("[aria-controls=row-form]");

export class RowForm {
    #rows;
    #key = null;

    /** `save(key, values)` asks the studio, and tells whether it did as asked. */
    constructor(rows, save) {
        this.#rows = rows;
        form?.addEventListener("submit", async (event) => {
            event.preventDefault();
            const { enabled, duration, prompt } = form.elements;
            const values = { enabled: enabled.checked ? "on" : "", length: duration.value, prompt: prompt.value };
            if (await save(this.#key, values)) this.#show(false);
        });
    }

    toggle() {
        if (!form) return;
        const row = this.#rows.selected;
        if (!form.hidden && row?.dataset.key !== this.#key) this.#fill(row);
        else this.#show(form.hidden && row);
    }

    #show(row) {
        form.hidden = !row;
        opener.setAttribute("aria-expanded", String(Boolean(row)));
        if (!row) return;
        this.#fill(row);
        form.elements.duration.focus();
    }

    #fill(row) {
        this.#key = row.dataset.key;
        document.getElementById("row-form-name").textContent = row.querySelector(".pick b").textContent;
        const { enabled, duration, prompt } = form.elements;
        enabled.checked = row.dataset.enabled === "true";
        duration.value = row.dataset.length;
        prompt.value = row.dataset.prompt;
    }
}

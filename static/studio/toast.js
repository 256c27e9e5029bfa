/** Short messages at the edge of the page, told to screen readers too. */

const MOST = 4;
const STAYS_MS = { info: 6000, error: 12000 };

/** Show a sentence for a while; `action` adds a button that does something about it. Returns a way to take it back. */
export function toast(sentence, { kind = "info", action = null } = {}) {
    const box = document.createElement("div");
    box.className = kind === "error" ? "toast toast-error" : "toast";
    if (kind === "error") box.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = sentence;
    box.append(text);
    const close = () => {
        clearTimeout(timer);
        box.remove();
    };
    if (action) {
        box.append(
            button(action.label, () => {
                close();
                action.run();
            }),
        );
    }
    const dismiss = button("×", close);
    dismiss.className = "toast-dismiss";
    dismiss.setAttribute("aria-label", "Dismiss");
    box.append(dismiss);

    let timer = 0;
    const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(close, STAYS_MS[kind] ?? STAYS_MS.info);
    };
    // Whoever reads it or is about to press its button keeps it.
    const stay = () => clearTimeout(timer);
    box.addEventListener("pointerenter", stay);
    box.addEventListener("pointerleave", wait);
    box.addEventListener("focusin", stay);
    box.addEventListener("focusout", wait);
    wait();

    const all = tray();
    all.append(box);
    while (all.childElementCount > MOST) all.firstElementChild.remove();
    return { close };
}

function tray() {
    let tray = document.getElementById("toasts");
    if (!tray) {
        tray = document.createElement("div");
        tray.id = "toasts";
        tray.setAttribute("role", "status");
        tray.setAttribute("aria-live", "polite");
        document.body.append(tray);
    }
    return tray;
}

function button(label, run) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", run);
    return button;
}

/** Small outlines of sounds, for rows of many. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BAR_PX = 2;
const STEP_PX = 3;
const NEAR = "200px";
const playedOf = new WeakMap();

/** Peaks in 0 … 1 from an outline, a letter each. */
export const peaksOf = (outline) => Array.from(outline || "A", (letter) => Math.max(LETTERS.indexOf(letter), 0) / 63);

/** The two colours, as the canvas understands them whatever way they are written in the style sheet. */
export function colours(element) {
    element.style.color = "var(--wave, currentColor)";
    element.style.caretColor = "var(--wave-played, var(--wave, currentColor))";
    const style = getComputedStyle(element);
    return { wave: style.color, played: style.caretColor };
}

/** Draw bars about the middle; those in the `played` part of 0 … 1 in their own colour. */
export function drawOutline(canvas, outline, { played = 0 } = {}) {
    playedOf.set(canvas, played);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !height) return;
    const ratio = devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide) canvas.width = wide;
    if (canvas.height !== high) canvas.height = high;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, wide, high);
    const peaks = peaksOf(outline);
    const { wave, played: done } = colours(canvas);
    const count = Math.max(Math.floor(width / STEP_PX), 1);
    const bar = Math.max(Math.round(BAR_PX * ratio), 1);
    for (let index = 0; index < count; index += 1) {
        const from = Math.floor((index * peaks.length) / count);
        const to = Math.max(Math.ceil(((index + 1) * peaks.length) / count), from + 1);
        const peak = Math.max(...peaks.slice(from, to));
        const half = Math.max(Math.round((peak * high) / 2), Math.round(ratio / 2), 1);
        context.fillStyle = (index + 0.5) / count <= played ? done : wave;
        context.fillRect(Math.round((index * wide) / count), Math.round(high / 2) - half, bar, 2 * half);
    }
}

/** Draw each `canvas[data-outline]` in `root`, now and later, when it comes near the view. Returns {close()}. */
export function watchOutlines(root = document.body) {
    const seen = new Set();
    const near = new Set();
    const draw = (canvas) => drawOutline(canvas, canvas.dataset.outline, { played: playedOf.get(canvas) ?? 0 });
    const closer = new IntersectionObserver(
        (entries) => {
            for (const { target, isIntersecting } of entries) {
                near[isIntersecting ? "add" : "delete"](target);
                sizes[isIntersecting ? "observe" : "unobserve"](target); // tells its size at once, so it is drawn
            }
        },
        { rootMargin: NEAR },
    );
    const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => draw(target)));
    const find = () => {
        for (const canvas of root.querySelectorAll("canvas[data-outline]")) {
            if (!seen.has(canvas)) closer.observe(canvas);
            seen.add(canvas);
        }
        for (const canvas of seen) {
            if (root.contains(canvas)) continue;
            closer.unobserve(canvas);
            sizes.unobserve(canvas);
            seen.delete(canvas);
            near.delete(canvas);
        }
    };
    const rows = new MutationObserver((changes) => {
        for (const { type, attributeName, target } of changes) {
            if (type !== "attributes") continue;
            if (attributeName === "data-outline") playedOf.delete(target);
            const canvas = target.closest("canvas") ?? target.querySelector("canvas");
            if (near.has(canvas)) draw(canvas); // its colour is another one in the row that is selected
        }
        find();
    });
    rows.observe(root, { subtree: true, childList: true, attributeFilter: ["data-outline", "aria-current"] });
    const look = onLookChange(() => near.forEach(draw));
    find();
    return {
        close() {
            for (const observer of [closer, sizes, rows, look]) observer.disconnect();
        },
    };
}

/** Tell when colours or the density of pixels may have changed. */
export function onLookChange(run) {
    const listening = new AbortController();
    let frame = 0;
    const soon = () => {
        cancelAnimationFrame(frame);
        frame = requestAnimationFrame(run);
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", soon, { signal: listening.signal });
    addEventListener("resize", soon, { signal: listening.signal });
    const theme = new MutationObserver(soon);
    theme.observe(document.documentElement, { attributeFilter: ["class", "style", "data-theme"] });
    return {
        disconnect() {
            theme.disconnect();
            listening.abort();
            cancelAnimationFrame(frame);
        },
    };
}

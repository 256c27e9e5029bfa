/** Clicks on buttons that come anew while they are pressed: a row that is being made changes under the pointer. */

const NAMED = "[data-do], [data-rank]";
const STILL_PX = 10;

/** Call `act(button)` for each click, and where one was cut in two, for the button that took the place. */
export function onPress(act) {
    let pressed = null;
    document.addEventListener(
        "pointerdown",
        ({ target, clientX: x, clientY: y }) => (pressed = { button: target.closest(NAMED), x, y }),
        { capture: true },
    );
    document.addEventListener("pointerup", ({ clientX, clientY }) => {
        const { button, x, y } = pressed ?? {};
        pressed = null;
        // The browser tells no click when the element it began on is gone.
        if (!button?.id || button.isConnected || Math.hypot(clientX - x, clientY - y) > STILL_PX) return;
        const successor = document.getElementById(button.id);
        if (successor?.matches(NAMED)) act(successor);
    });
    document.addEventListener("click", ({ target }) => {
        const button = target.closest(NAMED);
        if (button) act(button);
    });
}

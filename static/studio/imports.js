/** Somebody's pack, dropped anywhere on the page or chosen: on to its page, where its sounds come in. */

import { post } from "./post.js";
import { toast } from "./toast.js";

const form = document.getElementById("import");
const input = form.elements.pack;
const hasFiles = ({ dataTransfer }) => [...dataTransfer.types].includes("Files");

form.addEventListener("submit", (event) => {
    event.preventDefault();
    bring();
});
for (const type of ["dragover", "drop"]) {
    document.addEventListener(type, (event) => hasFiles(event) && event.preventDefault()); // a browser would open it
}
document.addEventListener("dragover", (event) => form.classList.toggle("over", hasFiles(event)));
document.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget || form.classList.remove("over"));
document.addEventListener("drop", ({ dataTransfer: { files } }) => {
    form.classList.remove("over");
    if (files.length > 1) return toast("Drop one zip at a time.", { kind: "error" });
    if (!files.length) return undefined;
    input.files = files;
    return form.requestSubmit();
});

async function bring() {
    if (form.classList.contains("busy")) return;
    form.classList.add("busy");
    const answer = await post(form.action, new FormData(form));
    form.classList.remove("busy");
    if (answer) location.assign((await answer.json()).url);
    else input.value = ""; // so that the same file can be chosen once more
}

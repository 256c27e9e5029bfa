/** One sound, large. */

import { deck } from "./deck.js";
import { isTyping } from "./keys.js";
import { post } from "./post.js";
import { follow } from "./stream.js";
import { toast } from "./toast.js";
import { WaveDetail } from "./wave.js";

const root = document.getElementById("sound");
const data = JSON.parse(document.getElementById("data").textContent);
const files = { url: `/sounds/${data.id}/audio.wav`, spectrogram: `/sounds/${data.id}/spectrogram.png`, peaks_url: `/api/audio/${data.id}/peaks` };
const sound = data.cleaned ? data : { ...data, ...files };
const wave = new WaveDetail(document.getElementById("wave"));
const play = document.getElementById("play");
const like = document.getElementById("like");

wave.show(sound);
wave.spectrogram(true);
if (!data.cleaned) deck.prefetch([sound]);
play?.addEventListener("click", () => deck.toggle(sound));
document.addEventListener("keydown", (event) => {
    if (!play || event.key !== " " || isTyping(event.target) || event.target.closest("button, a, summary")) return;
    event.preventDefault();
    deck.toggle(sound);
});
for (const type of ["play", "pause", "ended"]) {
    deck.addEventListener(type, () => play?.querySelector("use").setAttribute("href", deck.paused ? "#i-play" : "#i-pause"));
}
like.addEventListener("click", async () => {
    const answer = await post(like.dataset.url);
    if (answer) like.setAttribute("aria-pressed", String((await answer.json()).liked));
});
// What is made from it appears in its lineage.
follow({
    after: root.dataset.event,
    on: ({ status, sound_id: id, label }) => {
        if (status !== "completed" || !id || id === data.id) return;
        toast(`${label} is made.`, { action: { label: "Go there", run: () => location.assign(`/sounds/${id}/`) } });
    },
});

// “Try it”: makes an example of a theme, or finds the one that was made, and plays it.
"use strict";

(() => {
  const LONGEST_MS = 180_000;
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

  const ask = async (address, body) => {
    const answer = await fetch(address, {
      method: body ? "POST" : "GET",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: body && JSON.stringify(body),
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.detail ?? "The studio did not answer; try again.");
    return told;
  };

  // The example, however long it takes to be made: a neural engine may have to load first.
  const example = async ({ theme, variation }, say) => {
    const wish = { theme, hook: "task_complete", seed: 1 };
    if (variation) wish.variation = variation;
    let told = await ask("/api/generate?wait=15", wish);
    if (told.sound) return told.sound.audio_url;
    const begun = Date.now();
    let job = told.jobs[0];
    while (Date.now() - begun < LONGEST_MS) {
      if (job.status === "completed") return job.audio_url;
      if (job.status === "failed" || job.status === "cancelled")
        throw new Error(job.error || "Somebody cancelled it; try again.");
      say(job.message || (job.position ? `waits, ${job.position} in the line` : "being made …"));
      await new Promise((done) => setTimeout(done, 1000));
      job = await ask(`/api/generate/${told.job_id}/status`);
    }
    throw new Error("It still waits; look at the jobs, whether a worker runs.");
  };

  const player = (address) => {
    const made = document.createElement("div");
    made.className = "player";
    made.innerHTML =
      '<button type="button" aria-label="Play it again"></button><img alt="" width="180" height="36"><audio></audio>';
    made.querySelector("img").src = `${address}/waveform.svg`;
    made.querySelector("audio").src = address;
    return made;
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".try > button");
    if (!button) return;
    const place = button.closest(".try");
    const says = place.querySelector(".says");
    const say = (words) => { says.textContent = says.title = words; };
    place.classList.remove("failed");
    place.classList.add("pending");
    button.disabled = true;
    say("being made …");
    try {
      const made = player(await example(place.dataset, say));
      say("");
      button.replaceWith(made);
      made.querySelector("button").click();
    } catch (error) {
      place.classList.add("failed");
      say(error.message);
      button.disabled = false;
    }
    place.classList.remove("pending");
  });
})();

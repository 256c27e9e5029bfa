// Plays the sound of a row: a click on the button or the waveform starts and stops it, one at a time.
"use strict";

document.addEventListener("click", (event) => {
  const player = event.target.closest(".player");
  if (!player) return;
  event.preventDefault();
  const audio = player.querySelector("audio");
  if (!audio.paused) {
    audio.pause();
    return;
  }
  for (const other of document.querySelectorAll(".player audio")) if (other !== audio) other.pause();
  if (event.target.tagName === "IMG" && audio.duration) {
    audio.currentTime = (event.offsetX / event.target.width) * audio.duration;
  } else {
    audio.currentTime = 0;
  }
  audio.play();
});

// Media events do not bubble, so they are caught on their way down.
for (const [name, playing] of [["play", true], ["pause", false], ["ended", false]]) {
  document.addEventListener(
    name,
    (event) => event.target.closest(".player")?.classList.toggle("playing", playing),
    true,
  );
}
document.addEventListener(
  "timeupdate",
  ({ target }) => {
    const player = target.closest(".player");
    player?.style.setProperty("--played", target.duration ? target.currentTime / target.duration : 0);
  },
  true,
);

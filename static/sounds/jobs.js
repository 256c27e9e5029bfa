// Follows the queue: states and progress of the jobs that are shown change in place.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  if (!document.querySelector("[data-after]")) return;
  const WORDS = { processing: "running", completed: "succeeded" };
  const standing = document.querySelector(".standing");
  const page = document.querySelector("[data-follow]");
  const seen = new Set();

  const show = (told) => {
    const status = WORDS[told.status] ?? told.status;
    for (const state of document.querySelectorAll(`[data-job="${told.job_id}"]`)) {
      state.className = `state ${status}`;
      state.dataset.state = status;
      state.textContent = told.type === "cancel_requested" ? "stopping" : status;
      offer(state.closest("tr"), status);
    }
    for (const bar of document.querySelectorAll(`[data-bar="${told.job_id}"]`)) {
      bar.className = `bar ${status}`;
      bar.querySelector("progress").value = told.progress / 100;
      const says = bar.querySelector(".says");
      says.textContent = says.title = told.error || told.message;
    }
  };

  // Only what makes sense now.
  const offer = (row, status) => {
    const waits = status === "queued" || status === "running";
    const ended = status === "failed" || status === "cancelled";
    row?.querySelector("button.cancel")?.toggleAttribute("hidden", !waits);
    row?.querySelector("button.retry")?.toggleAttribute("hidden", !ended);
  };

  const tellOfNewer = (job) => {
    seen.add(job);
    const newer = standing?.querySelector(".newer");
    if (!newer) return;
    newer.hidden = false;
    newer.querySelector("b").textContent = seen.size;
  };

  let counting = 0;
  const count = () => {
    if (!standing || counting) return;
    counting = setTimeout(async () => {
      counting = 0;
      const answer = await fetch(standing.dataset.counts).catch(() => null);
      if (!answer?.ok) return;
      const numbers = await answer.json();
      for (const number of standing.querySelectorAll("[data-count]"))
        number.textContent = numbers[number.dataset.count] ?? 0;
    }, 700);
  };

  const asked = new URLSearchParams({ last_event_id: (page ?? standing).dataset.after });
  if (page) asked.set("job", page.dataset.follow);
  const stream = new EventSource(`/api/queue/events?${asked}`);
  stream.onmessage = ({ data }) => {
    const told = JSON.parse(data);
    if (told.type === "queued" && !document.querySelector(`[data-job="${told.job_id}"]`)) tellOfNewer(told.job_id);
    show(told);
    if (told.type !== "progress") count();
    // What came of it, and what can be done now, are on the page as it is made anew.
    if (page && told.type !== "progress") setTimeout(() => location.reload(), 300);
  };
  addEventListener("pagehide", () => stream.close());
});

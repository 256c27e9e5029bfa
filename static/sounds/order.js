// After a drag: a list is saved at once; the rows of a form share their positions out anew.
"use strict";

// Sorting libraries tell of the end of a drag by an event named “end” on what was sorted.
document.addEventListener("end", ({ target }) => {
  const place = document.querySelector("[data-order]");
  if (target.id === "result_list" && place) save(target, place);
  else if (target.dataset?.orderingField) setTimeout(() => shareOut(target)); // after the theme has
}, true);

async function save(list, place) {
  const says = place.querySelector("[role=status]");
  const body = new FormData();
  for (const box of list.querySelectorAll("input.action-select")) body.append("pk", box.value);
  says.textContent = "Saving …";
  const answer = await fetch(place.dataset.order, {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
    body,
  }).catch(() => null);
  if (!answer?.ok) {
    says.textContent = "It could not be saved; load the page again.";
    return;
  }
  const positions = await answer.json();
  for (const row of list.querySelectorAll("tr")) {
    const input = row.querySelector("input[name$=-position]");
    if (input) input.value = input.defaultValue = positions[row.querySelector("input.action-select").value];
  }
  says.textContent = "Saved.";
}

// The theme numbers the rows from 0, which would change all of them; the old positions in their order do.
function shareOut(table) {
  const inputs = [...table.querySelectorAll(".form-group.original input[name$=-position]")];
  const free = inputs.map((input) => Number(input.defaultValue)).sort((a, b) => a - b);
  let least = 0;
  inputs.forEach((input, number) => {
    least = Math.max(free[number], least);
    input.value = least++;
  });
}

// A retrospective's board: raising points by keyboard, moving them by pointer, and saying what arrives.
"use strict";

const board = document.querySelector("[data-board]");
const form = document.querySelector("[data-raise]");

// The field is free again at once: what was written goes out one after the other, and comes back if it could not be sent.
if (form) {
  const text = form.elements.text, kinds = [...form.elements.kind];
  let line = Promise.resolve(), figure = "", before; // what chose the sort, and the sort before

  const send = async (said, body) => {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.headers.has("HX-Redirect")) return (location = answer.headers.get("HX-Redirect"));
    document.querySelector("#notice").innerHTML = answer && !answer.ok ? await answer.text() : "";
    if (answer?.ok) htmx.trigger(board, "live");
    else text.value = [said, text.value].filter(Boolean).join("\n");
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = text.value, body = new FormData(form);
    if (!said.trim()) return;
    text.value = "";
    document.querySelector("#similar").replaceChildren();
    text.focus();
    line = line.then(() => send(said, body));
  });

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const writing = event.target === text, kind = kinds["1234".indexOf(event.key)];
    if (writing && event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      return form.requestSubmit();
    }
    if (writing && text.value) return (figure = "");
    if (figure && event.key.length === 1 && !/[\p{L}\d]/u.test(event.key)) {
      // It was no choice: somebody writes "3 weeks".
      text.value = figure;
      before.checked = true;
      return (figure = "");
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], at = kinds.findIndex((each) => each.checked);
    const next = kind ?? (writing && step ? kinds[(at + step + kinds.length) % kinds.length] : null);
    if (!next) return;
    event.preventDefault();
    before = kinds[at];
    figure = kind ? event.key : "";
    next.checked = true;
    text.focus();
  });
}

// Points are dragged onto a heading, onto each other, or into a column, where they stand by themselves.
const target = (event) => event.target.closest?.("[data-under]");
let dragged;
const makeMovable = () => {
  for (const point of board.querySelectorAll(".point[data-under]")) point.draggable = Boolean(form);
  for (const link of board.querySelectorAll(".point a")) link.draggable = false; // whoever takes a point by its link means the point
};
board.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".point");
  event.dataTransfer.effectAllowed = "move";
});
board.addEventListener("dragover", (event) => {
  const place = target(event);
  for (const each of board.querySelectorAll(".dropping")) each.classList.remove("dropping");
  if (!dragged || !place || dragged.contains(place)) return;
  event.preventDefault();
  place.classList.add("dropping");
});
board.addEventListener("drop", (event) => {
  const place = target(event);
  if (!dragged || !place) return;
  event.preventDefault();
  const values = { under: place.dataset.under };
  htmx.ajax("POST", dragged.dataset.place, { source: board, target: board, swap: "innerHTML", values });
});
board.addEventListener("dragend", () => {
  dragged = undefined;
  for (const each of board.querySelectorAll(".dropping")) each.classList.remove("dropping");
  release();
});

// While somebody holds a point the board stays as it is: what arrived would take it out of his hand.
let holding = false, missed = false;
const release = () => {
  holding = false;
  if (missed) htmx.trigger(board, "live");
  missed = false;
};
board.addEventListener("pointerdown", () => { holding = true; });
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { if (!dragged) release(); });
board.addEventListener("htmx:beforeSwap", (event) => {
  if (!holding || event.target !== board) return;
  event.detail.shouldSwap = false;
  missed = true;
});

// What arrives is said, for whoever does not see the board.
const points = () => new Map([...board.querySelectorAll(".point")].map((each) => [each.id, each.querySelector(".point-text").textContent]));
let known = points();
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target === board) {
    const now = points(), fresh = [...now].filter(([id]) => !known.has(id)).map(([, text]) => text);
    if (fresh.length) document.querySelector("[data-arrivals]").textContent = fresh.join(". ");
    known = now;
  }
  event.target.querySelector?.("[data-focus]")?.focus();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches("[data-clears]")) event.target.reset();
});
// At once, and not when all has settled: what is taken up in between would not come along.
document.addEventListener("htmx:afterSwap", (event) => { if (event.target === board) makeMovable(); });
makeMovable();

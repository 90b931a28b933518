// A retrospective's board: raising points by keyboard, moving them by pointer, and showing what arrives.
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
    if (answer?.ok) {
      show(new URL(answer.headers.get("Location"), location).hash.slice(1));
      htmx.trigger(board, "live");
    } else text.value = [said, text.value].filter(Boolean).join("\n");
    if (!answer) tellUnsent();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = text.value, body = new FormData(form);
    if (!said.trim()) return;
    htmx.trigger(text, "raised"); // what is known of it stays beside it until the next one is written
    text.value = "";
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
  // Where something is written within a point, a hand that moves chooses letters.
  for (const point of board.querySelectorAll(".point[data-under]")) point.draggable = form && !point.querySelector(".slot:not([hidden]) > *");
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
  const values = { under: place.dataset.under }, told = () => {}; // where it fails, hardwon.js says so
  htmx.ajax("POST", dragged.dataset.place, { source: board, target: board, swap: "innerHTML", event, values }).catch(told);
});
board.addEventListener("dragend", () => {
  dragged = undefined;
  for (const each of board.querySelectorAll(".dropping")) each.classList.remove("dropping");
  release();
});

// While somebody holds a point or presses what comes with the board, or has sent what he wrote within a point, the board stays as it is:
// what arrived would take the point out of his hand or the button from under it, and the answer would find no place.
const sent = new Set();
let holding = false, missed = false;
const release = () => {
  holding = false;
  if (sent.size) return;
  if (missed) htmx.trigger(board, "live");
  missed = false;
};
addEventListener("pointerdown", ({ target }) => { holding ||= Boolean(target.closest("[data-board], #closing")); });
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { if (!dragged) release(); });
board.addEventListener("htmx:beforeSwap", (event) => {
  const arrived = event.detail.requestConfig.verb === "get";
  if (event.target !== board || !(holding || (sent.size && arrived))) return;
  event.detail.shouldSwap = false;
  missed = true;
});
board.addEventListener("htmx:beforeSend", ({ target, detail: { xhr } }) => {
  if (!target.matches(".slot form")) return;
  sent.add(xhr);
  xhr.addEventListener("loadend", () => { // htmx tells nobody, where he went away from the point meanwhile
    sent.delete(xhr);
    if (!holding) release();
  });
});

// What arrives is seen and said: marked for a while, and one's own beside the field, which stays in sight.
const points = () => new Map([...board.querySelectorAll(".point")].map((each) => [each.id, each.querySelector(".point-text").textContent]));
const raised = document.querySelector("[data-raised]"), marked = new Set();
let known = points(), own;
const mark = (id) => {
  marked.add(id);
  setTimeout(() => {
    marked.delete(id);
    document.getElementById(id)?.classList.remove("point-new");
  }, 4000);
};
const show = (id) => {
  const point = document.getElementById(own = id);
  if (!point) return; // it comes with the board
  own = undefined;
  const link = Object.assign(document.createElement("a"), { href: `#${id}`, textContent: known.get(id) });
  raised.replaceChildren(`${raised.dataset.raised} `, link);
  const far = point.getBoundingClientRect().bottom + 24 - innerHeight, room = form.elements.text.getBoundingClientRect().top - 24;
  if (0 < far && far < room) scrollBy(0, far);
};
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target === board) {
    const now = points(), fresh = [...now.keys()].filter((id) => known.get(id) !== now.get(id)); // new, or with other words
    known = now;
    fresh.forEach(mark);
    for (const id of marked) document.getElementById(id)?.classList.add("point-new");
    const link = raised?.querySelector("a"), told = link && now.get(link.hash.slice(1)); // mended or taken back since
    if (told) link.textContent = told;
    else raised?.replaceChildren();
    const others = fresh.filter((id) => id !== own);
    if (others.length) document.querySelector("[data-arrivals]").textContent = others.map((id) => now.get(id)).join(". ");
    if (own) show(own);
  }
  if (event.target.matches(".slot")) enter(event.target, event.detail.requestConfig.elt.matches(".ask"));
});

// What is asked of a point opens in its slot, and stays there with what one writes while the board comes again around it.
let neighbour; // of the point that was last asked about
const deed = (id) => document.getElementById(id)?.querySelector("button:not(:disabled), a") ?? form?.elements.text;
const enter = (slot, opened) => {
  const first = slot.querySelector("[aria-invalid]") ?? slot.querySelector("[data-focus]");
  first?.focus({ preventScroll: true });
  first?.scrollIntoView({ block: "nearest" }); // no further than it must: a browser brings what it focuses to the middle
  makeMovable();
  if (!opened) return;
  const far = slot.getBoundingClientRect().bottom + 24 - innerHeight, room = slot.closest(".point").getBoundingClientRect().top - 24;
  if (far > 0 && room > 0) scrollBy(0, Math.min(far, room));
};
const leave = (slot, kept) => {
  const opener = slot.firstElementChild.dataset.opener;
  if (kept) slot.hidden = true;
  else slot.replaceChildren();
  makeMovable();
  (document.getElementById(opener) ?? deed(slot.closest(".point").id))?.focus();
};
board.addEventListener("htmx:beforeRequest", (event) => {
  const asks = event.target.closest(".point .ask, .slot form"), point = asks?.closest(".point");
  if (!point) return;
  neighbour = (point.querySelector(".point") ?? point.nextElementSibling ?? point.previousElementSibling)?.id;
  const slot = point.querySelector(":scope > .slot");
  slot.hidden = false;
  if (slot.firstElementChild?.dataset.opener !== asks.id) return;
  event.preventDefault(); // it is there already, with what one wrote in it
  enter(slot, true);
});
board.addEventListener("keydown", (event) => {
  const slot = event.target.closest(".point")?.querySelector(":scope > .slot:not([hidden]):not(:empty)");
  if (event.key !== "Escape" || event.isComposing || !slot) return;
  // What was refused came back with one's words in it, and stands in no other place.
  const refused = slot.querySelector("[aria-invalid]");
  leave(slot, refused || [...slot.querySelectorAll("textarea, input")].some((each) => each.value !== each.defaultValue));
});
board.addEventListener("click", (event) => {
  if (!event.target.closest("[data-leave]")) return;
  event.preventDefault();
  leave(event.target.closest(".slot"));
});
document.addEventListener("point-reworded", (event) => leave(event.target.closest(".slot")));

// What has the focus in a slot keeps it and its place on the screen while the board comes again, whatever arrives above it, also in a
// browser that cannot move it without taking it out.
let writing, place; // and how far from the top of the screen
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target !== board) return;
  writing = document.activeElement.closest(".slot") && document.activeElement;
  place = writing?.getBoundingClientRect().top;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== board) return;
  makeMovable(); // at once, and not when all has settled: what is taken up in between would not come along
  tellLate();
  if (!writing?.isConnected) return;
  const here = writing.checkVisibility() ? writing : writing.closest(".question").querySelector("[data-focus]");
  here.focus({ preventScroll: true });
  scrollBy({ top: here.getBoundingClientRect().top - place, behavior: "instant" });
});

// What one was about to do with a point is over: it says so where it stands, and here once for whoever does not look there.
let late = new Set();
const tellLate = () => {
  const over = [...board.querySelectorAll("[data-late]")].filter((each) => each.checkVisibility());
  const told = over.filter((each) => !late.has(each)).map((each) => each.textContent);
  if (told.length) document.querySelector("[data-arrivals]").textContent = told[0];
  late = new Set(over);
};

// A point that one took back is gone: one goes on with its neighbour, or with writing.
document.addEventListener("point-gone", () => {
  deed(neighbour).focus();
  const note = document.querySelector(".notice-good");
  setTimeout(() => note?.remove(), 10_000);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches("[data-clears]")) event.target.reset();
});
makeMovable();

// Small islands: what htmx does not do by itself. Pages work without any of it.
"use strict";

// What is said of one's own deed, and can be undone there, goes when one goes on: at a press or with the focus elsewhere on the page.
// Not when the focus leaves it: a press on its own words takes the focus away too, and so does in Safari one on its button, too early.
const notice = document.querySelector("#notice");
let passing = notice.querySelector(".notice-good");
for (const kind of ["pointerdown", "focusin", "click"]) {
  document.addEventListener(kind, (event) => { if (!passing?.contains(event.target)) passing?.remove(); });
}

// Offline: say so, and say when it is over; to whoever pressed something meanwhile, that it can be pressed again now. A page that came was
// answered, whatever the browser believes of the line: where Hardwon runs on the machine itself there may be none.
const offline = document.querySelector("[data-offline]"), unsent = () => notice.querySelector("[data-unsent]");
const tellLine = (isThere) => {
  offline.hidden = isThere;
  const note = isThere && unsent();
  if (!note) return;
  note.textContent = note.dataset.unsent;
  delete note.dataset.unsent; // once
  note.classList.add("notice-good");
  passing = note;
};
const tellUnsent = () => {
  offline.hidden = false;
  notice.replaceChildren(document.querySelector("#unsent").content.cloneNode(true));
};
addEventListener("online", () => tellLine(true));
addEventListener("offline", () => tellLine(false));

// htmx swaps what the server says, but says nothing itself where no server answers: somebody who did something has to be told, and of a part
// that asks by itself it is enough that the page is offline.
const DEEDS = ["click", "submit", "change", "toggle", "drop"];
const isDeed = ({ requestConfig }) => DEEDS.includes(requestConfig.triggeringEvent?.type);
document.addEventListener("htmx:sendError", (event) => {
  offline.hidden = false;
  if (isDeed(event.detail)) tellUnsent();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.xhr.status) return;
  if (isDeed(event.detail)) unsent()?.remove();
  tellLine(true);
});

// A link or a form that would leave the page is held back then, or what one wrote were lost. Once: it may work, whatever we believe, so who
// presses again goes on, unless that was the second press of a double click.
let heldBack;
for (const [kind, what] of [["click", "a[href]:not([href^='#'])"], ["submit", "form"]]) {
  addEventListener(kind, (event) => {
    const leaves = event.target.closest?.(what);
    const stays = event.ctrlKey || event.metaKey || leaves?.target || leaves?.hasAttribute("download");
    if (!leaves || stays || offline.hidden || event.defaultPrevented || heldBack === leaves) return;
    event.preventDefault();
    tellUnsent();
    setTimeout(() => { heldBack = leaves; }, 500);
  });
}

// Live parts: <div data-live="/live?..." hx-get="..." hx-trigger="live">. On an event of the log the part asks for itself again;
// events that come together ask once. While the page is hidden nobody listens: a stream holds a thread of the server.
// A stream that breaks off is taken up again by the browser, but one that was refused, say because all places are taken, is not: we ask
// for it again, and for the part meanwhile, which leads whoever is signed out to where one signs in. A part that no server answered is
// asked for again too, and nothing is said of it. Each waits longer every time, and a little by chance: who was refused together does
// not come together.
const SOONEST = 1_000, LATEST = 60_000; // milliseconds
const PASSING = [0, 429, 502, 503, 504]; // what is answered where nobody answers, or all are busy
const refused = ({ requestConfig, xhr }) => requestConfig.triggeringEvent?.type === "live" && PASSING.includes(xhr.status);
const waiting = () => {
  let wait = SOONEST;
  const next = () => {
    const now = wait * (1 + Math.random() / 2);
    wait = Math.min(2 * wait, LATEST);
    return now;
  };
  return { next, over: () => { wait = SOONEST; } };
};
for (const part of document.querySelectorAll("[data-live]")) {
  const forStream = waiting(), forPart = waiting();
  let source, asked, again;
  const ask = () => htmx.trigger(part, "live");
  const askIn = (milliseconds) => {
    clearTimeout(asked);
    asked = setTimeout(ask, milliseconds);
  };
  const leave = () => {
    clearTimeout(asked);
    clearTimeout(again);
    source?.close();
  };
  const listen = () => {
    leave();
    source = new EventSource(part.dataset.live);
    source.addEventListener("open", forStream.over);
    source.addEventListener("change", () => askIn(60));
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      again = setTimeout(() => { listen(); ask(); }, forStream.next());
    });
  };
  part.addEventListener("htmx:afterRequest", (event) => {
    if (!refused(event.detail)) return forPart.over();
    if (!document.hidden) askIn(forPart.next());
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return leave();
    listen();
    ask();
  });
  addEventListener("pagehide", leave);
  if (!document.hidden) listen();
}
document.addEventListener("htmx:beforeSwap", (event) => { if (refused(event.detail)) event.detail.shouldSwap = false; });

// What only a script can do is shown where there is one.
for (const each of document.querySelectorAll("[data-scripted]")) each.hidden = false;

// A form that is taken once: of a double click the second press would be told that it is over, in place of what the first one opened.
for (const form of document.querySelectorAll("[data-once]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    setTimeout(() => { sent = false; }, 3_000); // it was stopped, or the network failed
  });
  addEventListener("pageshow", () => { sent = false; }); // one came back to it
}

// A field for a line, which grows with it: Enter sends it.
for (const field of document.querySelectorAll("[data-line]")) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    field.form.requestSubmit();
  });
}

// A field's words go to the clipboard; browsers give none to pages over plain http, but for the own machine: the older way then.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.querySelector(button.dataset.copy), words = button.textContent;
  button.addEventListener("click", async () => {
    field.select();
    const done = await navigator.clipboard?.writeText(field.value).then(() => true, () => false);
    if (!done && !document.execCommand("copy")) return;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = words; }, 2500);
  });
}

// A text area takes a dropped or chosen text file: read here, sent with the form. What is no text is refused, and the field stays as it is.
const utf8 = new TextDecoder("utf-8", { fatal: true });
const textOf = async (file) => {
  const read = utf8.decode(await file.arrayBuffer());
  if (read.includes("\0")) throw new TypeError();
  return read;
};
for (const place of document.querySelectorAll("[data-drop]")) {
  const text = place.querySelector("textarea"), chooser = place.querySelector("input[type=file]");
  const wrong = place.querySelector("[data-no-text]");
  const take = async (files) => {
    let unread;
    const read = await Promise.all([...files].map((file) => textOf(file).catch(() => { unread ??= file; })));
    wrong.textContent = unread ? wrong.dataset.noText.replace("{file}", () => unread.name) : "";
    wrong.hidden = !unread;
    if (unread) return wrong.scrollIntoView({ block: "nearest" });
    text.value = [text.value.trim(), ...read].filter(Boolean).join("\n\n");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  };
  place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("dropping"); });
  place.addEventListener("dragleave", () => place.classList.remove("dropping"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("dropping");
    take(event.dataTransfer.files);
  });
  chooser?.addEventListener("change", () => { take(chooser.files); chooser.value = ""; });
}

// The slider through a project's past: says the moment while it moves, and goes there when it rests, also from key to key. Where one
// arrives, the slider has the focus, to go on from there; without script one arrives at what is shown.
for (const form of document.querySelectorAll("[data-steps]")) {
  const slider = form.elements.step, told = form.querySelector("output");
  const moments = [...form.querySelectorAll("option")].map((option) => option.label);
  let rests;
  const tell = () => {
    told.value = moments[slider.value];
    slider.setAttribute("aria-valuetext", told.value);
  };
  form.action = `#${slider.id}`;
  slider.addEventListener("input", () => { clearTimeout(rests); tell(); });
  slider.addEventListener("change", () => {
    clearTimeout(rests);
    rests = setTimeout(() => { if (slider.value !== slider.defaultValue) form.requestSubmit(); }, 700);
  });
  addEventListener("pageshow", () => { // one came back: it stands at what is shown, which may be a day between two moments
    form.reset();
    slider.setAttribute("aria-valuetext", told.value);
  });
}

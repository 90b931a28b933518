// Small islands: what htmx does not do by itself. Pages work without any of it.
"use strict";

// Offline: say so, and say when it is over.
const offline = document.querySelector("[data-offline]");
const tellLine = () => { offline.hidden = navigator.onLine; };
addEventListener("online", tellLine);
addEventListener("offline", tellLine);
tellLine();

// A part that did not come: htmx swaps what the server says, but says nothing itself where no server answers.
document.addEventListener("htmx:sendError", () => { offline.hidden = false; });
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.xhr.status) tellLine(); });

// Live parts: <div data-live="/live?..." hx-get="..." hx-trigger="live">. On an event of the log the part asks for itself again;
// events that come together ask once. While the page is hidden nobody listens: a stream holds a thread of the server.
for (const part of document.querySelectorAll("[data-live]")) {
  let source, asked;
  const listen = () => {
    source = new EventSource(part.dataset.live);
    source.addEventListener("change", () => {
      clearTimeout(asked);
      asked = setTimeout(() => htmx.trigger(part, "live"), 60);
    });
    source.addEventListener("end", () => source.close());
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return source.close();
    htmx.trigger(part, "live");
    listen();
  });
  addEventListener("pagehide", () => source.close());
  listen();
}

// What only a script can do is shown where there is one.
for (const each of document.querySelectorAll("[data-scripted]")) each.hidden = false;

// A field for a line that shows two: Enter sends it.
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

// A text area takes a dropped or chosen text file: read here, sent with the form.
for (const place of document.querySelectorAll("[data-drop]")) {
  const text = place.querySelector("textarea"), chooser = place.querySelector("input[type=file]");
  const take = async (files) => {
    const read = await Promise.all([...files].map((file) => file.text()));
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

// The slider through a project's past: says the moment while it moves, and goes there when it rests.
for (const form of document.querySelectorAll("[data-steps]")) {
  const slider = form.elements.step, told = form.querySelector("output");
  const moments = [...form.querySelectorAll("option")].map((option) => option.label);
  slider.addEventListener("input", () => {
    told.textContent = moments[slider.value];
    slider.setAttribute("aria-valuetext", moments[slider.value]);
  });
  slider.setAttribute("aria-valuetext", moments[slider.value]);
}

// Every page works without this file; it saves keystrokes and keeps open pages fresh.
"use strict";

// "/" puts the cursor into the field that says so, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector(`[data-focus-key="${CSS.escape(event.key)}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A part with data-live asks for itself again and again (hx-trigger="every 5s"). It asks
// with the ETag of what it shows, so an unchanged answer is an empty 304; it rests while
// nobody looks, and never replaces a part in which a passport or menu is open.
document.addEventListener("htmx:configRequest", (event) => {
  const part = event.detail.elt;
  if (part.matches("[data-live]") && part.dataset.etag) {
    event.detail.headers["If-None-Match"] = part.dataset.etag;
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  if (!part.matches("[data-live]")) return;
  if (document.hidden || part.querySelector(":popover-open")) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.elt;
  if (!part.matches("[data-live]") || !event.detail.shouldSwap) return;
  if (part.querySelector(":popover-open")) {
    event.detail.shouldSwap = false;
    return;
  }
  part.dataset.etag = event.detail.xhr.getResponseHeader("ETag") ?? "";
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !window.htmx) return;
  for (const part of document.querySelectorAll("[data-live]")) {
    window.htmx.trigger(part, "refresh");
  }
});

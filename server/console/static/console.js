// Keys and small helps of every page. Pages work without it; it never steals what is typed into a field.
"use strict";

const TYPING = "input, textarea, select, [contenteditable]";

function isTyping(event) {
  return event.target.closest(TYPING) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
}

// Rows of a list marked `data-rows`: j and k go down and up, x selects, Enter opens.
function rows() {
  return [...document.querySelectorAll("[data-rows] tbody tr")];
}

function current() {
  return document.querySelector("[data-rows] tr.at");
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  all.forEach((row) => row.classList.remove("at"));
  next.classList.add("at");
  next.querySelector("a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  "/": () => document.getElementById("find")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.querySelector("input[type=checkbox]")?.click(),
};

// Any button or link with `data-key` is pressed by that key; it says so in its title.
document.addEventListener("keydown", (event) => {
  if (isTyping(event) || document.querySelector("dialog[open]")) return;
  const marked = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  const act = marked ? () => marked.click() : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// A form marked `data-once` is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-once]").forEach((form) => delete form.dataset.sent);
});

// A select marked `data-go` sends its form at once; without scripts there is the button beside it.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-go]")) event.target.form.requestSubmit();
});

// The menu stands open beside the page at a desk, and opens by its name on a phone. Without scripts it is always open.
const NARROW = window.matchMedia("(max-width: 800px)");
function foldMenu() {
  document.querySelectorAll("[data-menu]").forEach((menu) => { menu.open = !NARROW.matches; });
}
foldMenu();
NARROW.addEventListener("change", foldMenu);

document.querySelectorAll("[data-all]").forEach((box) => {
  box.addEventListener("change", () => {
    document.querySelectorAll(`input[name="${box.dataset.all}"]`).forEach((one) => { one.checked = box.checked; });
  });
});

// A table that scrolls within itself can be reached and scrolled by keys.
function reachTables() {
  document.querySelectorAll(".wide-table").forEach((box) => {
    if (box.scrollWidth <= box.clientWidth) return;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    const named = box.querySelector("caption") || document.querySelector("h1");
    if (named) box.setAttribute("aria-label", named.textContent.trim());
  });
}
reachTables();
window.addEventListener("resize", reachTables);
document.addEventListener("htmx:afterSettle", reachTables);

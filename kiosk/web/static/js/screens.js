// Screens that open over the desk. A screen is { id, title, render(root, close) }; render may give a function that cleans up.
// One at a time; Escape and 返回 close it; scans go on meanwhile and show their answer above it.

import { settle } from "./covers.js";
import { byId, make } from "./dom.js";
import { onSpeak, say } from "./words.js";

let current = null;

export const openScreen = () => current?.screen.id ?? "";

export function open(screen) {
  const focused = current?.focused ?? document.activeElement;
  clean();
  current = { screen, focused };
  draw();
}

export function close() {
  if (!current) return;
  const { focused } = current;
  clean();
  byId("screen").hidden = true;
  byId("screen").dataset.screen = "";
  settle();
  focused?.focus?.();
}

export function startScreens() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && current && byId("answer").hidden && !current.screen.isFixed) leave();
  });
  onSpeak(() => { if (current) { current.cleanUp?.(); draw(); } });
}

// Back to the desk, or to the screen from which this one was opened.
function leave() {
  if (current.screen.back) current.screen.back();
  else close();
}

function clean() {
  current?.cleanUp?.();
  current = null;
}

function draw() {
  const { screen } = current;
  const body = make("div", { class: "screen-body" });
  const back = screen.isFixed ? null : make("button", { type: "button", class: "back", onclick: leave }, say("back"));
  const head = make("div", { class: "screen-head" }, make("h2", { id: "screen-title" }, say(screen.title)), back);
  byId("screen").dataset.screen = screen.id;
  byId("screen").setAttribute("aria-labelledby", "screen-title");
  byId("screen").replaceChildren(head, body);
  byId("screen").hidden = false;
  settle();
  current.cleanUp = screen.render(body, close);
  (body.querySelector("input, button") ?? back)?.focus();
}

// Which way scans go: guessed, or fixed for a rush. A fixed direction counts as chosen, and ends by itself after half an hour.

import { byId, setText } from "./dom.js";
import { clockTime, onSpeak, say } from "./words.js";
import { nowMs } from "./state.js";

const FIXED_MS = 30 * 60_000;
let fixed = "auto";
let until = 0;

export function direction() {
  if (fixed !== "auto" && performance.now() >= until) back();
  return fixed;
}

export function startMode() {
  byId("mode").addEventListener("change", (event) => choose(event.target.value));
  setInterval(() => { direction(); show(); }, 1_000);
  onSpeak(show);
}

function choose(way) {
  fixed = way;
  until = performance.now() + FIXED_MS;
  show();
}

function back() {
  fixed = "auto";
  byId("mode").querySelector("[value=auto]").checked = true;
}

function show() {
  document.body.dataset.mode = fixed;
  const now = nowMs();
  const text = fixed === "auto" || now == null ? "" : say("mode.until", { time: clockTime(now + until - performance.now()) });
  setText(byId("mode-until"), text);
}

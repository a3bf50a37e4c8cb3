// Follows how the kiosk stands. Whoever shows something of it listens here.

import { get } from "./api.js";

const EVERY_MS = 2_000;
const DOWN_AFTER = 2; // one slow answer is no news
const listeners = [];
const downListeners = [];
let latest = null;
let readAt = 0;
let failures = 0;
let timer = 0;

export const state = () => latest;

export function onState(listener) {
  listeners.push(listener);
}

// The listener is told the code of what is wrong, or "" once all is well again.
export function onTrouble(listener) {
  downListeners.push(listener);
}

// The kiosk's wall clock now, carried on from the last answer.
export function nowMs() {
  return latest ? latest.wall_ms + performance.now() - readAt : null;
}

export function refresh() {
  clearTimeout(timer);
  return look();
}

async function look() {
  try {
    const found = await get("/api/state");
    latest = found;
    readAt = performance.now();
    failures = 0;
    for (const listener of downListeners) listener("");
    for (const listener of listeners) listener(found);
  } catch (error) {
    failures += 1;
    const isSure = error.code !== "down" || failures >= DOWN_AFTER;
    if (isSure) for (const listener of downListeners) listener(error.code ?? "internal");
  }
  clearTimeout(timer);
  timer = setTimeout(look, EVERY_MS);
}

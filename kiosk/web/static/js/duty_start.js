// "开始值守": one tap unlocks camera, sound, wake lock and full screen, each of which may fail without the others.

import { settle } from "./covers.js";
import { byId } from "./dom.js";
import { unlock } from "./sound.js";

let isStarted = false;
let lock = null;

export const hasStarted = () => isStarted;

export function startDuty(then) {
  byId("start-button").addEventListener("click", () => {
    isStarted = true;
    byId("start").hidden = true;
    settle();
    document.documentElement.requestFullscreen?.().catch(() => {});
    stayAwake();
    unlock().then(then);
  });
  document.addEventListener("visibilitychange", () => { if (isStarted && !document.hidden) stayAwake(); });
}

async function stayAwake() {
  try {
    if (!lock || lock.released) lock = await navigator.wakeLock?.request("screen");
  } catch {
    lock = null; // the battery is low, or the browser cannot
  }
}

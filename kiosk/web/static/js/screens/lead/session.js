// Who leads at the screen: the session is in memory alone, and ends after a while without a touch.

import { post, setLead } from "../../api.js";
import { openScreen } from "../../screens.js";
import { close } from "../../screens.js";

const STAY_EVERY_MS = 30_000;
const AHEAD_MS = 2_000; // the page goes a little before the kiosk does
let who = "";
let idleMs = 0;
let timer = 0;
let toldAt = 0;

export const leadingWho = () => who;

export function enter({ session, who: number, idle_ms }) {
  setLead(session);
  who = number;
  idleMs = idle_ms - AHEAD_MS;
  toldAt = performance.now();
  touched();
}

// Forgets the session here; the kiosk has ended it, or is told.
export function forget() {
  clearTimeout(timer);
  setLead("");
  who = "";
}

export async function leave() {
  const gone = post("/api/lead/leave", {}).catch(() => {});
  await gone;
  forget();
  if (openScreen().startsWith("lead")) close();
}

function touched() {
  if (!who) return;
  clearTimeout(timer);
  timer = setTimeout(leave, idleMs);
  if (performance.now() - toldAt < STAY_EVERY_MS) return;
  toldAt = performance.now();
  post("/api/lead/stay", {}).catch(() => {});
}

for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touched, { capture: true });

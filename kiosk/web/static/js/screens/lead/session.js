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

// Forgets the session here; the kiosk has ended it, or is told. Names that are shown anywhere leave the screen with it.
export function forget() {
  clearTimeout(timer);
  setLead("");
  who = "";
  for (const named of document.querySelectorAll(".only-lead")) named.remove();
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

// Keys count on the lead's own screens alone: a hand scanner types, too, and volunteers must not keep the lead's names on the screen.
document.addEventListener("pointerdown", touched, { capture: true });
document.addEventListener("keydown", () => { if (openScreen().startsWith("lead")) touched(); }, { capture: true });

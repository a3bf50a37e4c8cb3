// Scans one after the other, none lost: each is sent until the kiosk has answered, or the screen says that it was not recorded.

import { post } from "./api.js";
import { showAnswer, showProblem, showSaving } from "./answer.js";
import { direction } from "./mode.js";
import { refresh } from "./state.js";

const WAIT_MS = 35_000; // a busy store makes a writer wait up to 30 s
const RETRY_MS = 1_000;
const RETRIES = 15;
const QUEUE_MAX = 200;
const AGAIN = new Set(["down", "store_busy"]);
const waiting = [];
let isBusy = false;

// Records what was read or typed, in the direction that is chosen now.
export function present(text, { typed = false } = {}) {
  if (waiting.length >= QUEUE_MAX) return showProblem("store_busy");
  waiting.push({ text, typed, direction: direction() });
  if (!isBusy) return work();
  return undefined;
}

async function work() {
  isBusy = true;
  while (waiting.length) {
    const saving = setTimeout(() => showSaving("saving"), 400);
    try {
      const answer = await record(waiting[0]);
      clearTimeout(saving);
      showAnswer(answer);
    } catch (error) {
      clearTimeout(saving);
      showProblem(error.code ?? "internal");
    }
    waiting.shift();
  }
  isBusy = false;
  refresh();
}

// A repeat after a lost answer does no harm: the same direction within two minutes counts once (B1).
async function record(scan) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await post("/api/scan", scan, WAIT_MS);
    } catch (error) {
      if (!AGAIN.has(error.code) || attempt >= RETRIES) throw error;
      showSaving("retrying");
      await new Promise((done) => { setTimeout(done, RETRY_MS); });
    }
  }
}

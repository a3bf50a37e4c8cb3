// What the play needs around the client: the centre's own commands, and a device's clock that can be turned back.

import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { bootOf } from "./client/chain.mjs";

/** What the test that starts this says: url, python, home, badges by number, minutes. */
export const given = JSON.parse(process.env.INTEROP ?? "null");

export const MINUTE_MS = 60_000;
const UP_MS = 10 * 60 * MINUTE_MS; // how long the devices have been up
const WRONG_MS = 2 * 24 * 60 * MINUTE_MS; // how wrong their wall clocks are

/** Run a command of the centre; give its exit status and the JSON that it printed. */
export function centre(...words) {
  const env = { ...process.env, REDVEST_HOME: given.home, REDVEST_LOG_LEVEL: "ERROR" };
  const options = { cwd: given.root, env, timeout: 60_000 };
  return new Promise((resolve) => {
    execFile(given.python, ["-m", "server", ...words, "--json"], options, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, data: stdout ? JSON.parse(stdout) : null, stderr });
    });
  });
}

export async function enrolmentCode(site) {
  const { data } = await centre("enrolment-code", site);
  return data.code;
}

/** A device whose wall clock is two days wrong. `ago_ms` is how long ago it is on its monotonic clock: what is written
 *  before the contact that gives the anchor happened that much earlier. */
export function device(ago_ms) {
  const boot = bootOf(randomUUID());
  const start_ms = performance.now();
  const clock = () => {
    const mono_ms = Math.floor(UP_MS + performance.now() - start_ms - clock.ago_ms);
    return { boot, mono_ms, lead_ms: Date.now() - clock.ago_ms - mono_ms - WRONG_MS };
  };
  clock.ago_ms = ago_ms;
  return clock;
}

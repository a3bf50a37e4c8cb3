// What the play needs around the client: the centre's own commands, and a device's clock that can be turned back.

import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { bootOf } from "./client/chain.mjs";

/** What the test that starts this says: url, python, home, badges by number, minutes. */
export const given = JSON.parse(process.env.INTEROP ?? "null");

const DATABASES = ["redvest.db", "derived.db"];
export const MINUTE_MS = 60_000;
const UP_MS = 10 * 60 * MINUTE_MS; // how long the devices have been up
const WRONG_MS = 2 * 24 * 60 * MINUTE_MS; // how wrong their wall clocks are

const optionsOf = (home) => ({ cwd: given.root, env: { ...process.env, REDVEST_HOME: home, REDVEST_LOG_LEVEL: "ERROR" } });

function python(home, words) {
  return new Promise((resolve) => {
    execFile(given.python, words, { ...optionsOf(home), timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, stdout, stderr });
    });
  });
}

/** Run a command of a centre; give its exit status and the JSON that it printed. */
async function command(home, words) {
  const { status, stdout, stderr } = await python(home, ["-m", "server", ...words, "--json"]);
  return { status, data: stdout ? JSON.parse(stdout) : null, stderr };
}

export const centre = (...words) => command(given.home, words);

const COPY_DATABASE = "import sqlite3, sys; one, other = map(sqlite3.connect, sys.argv[1:]); one.backup(other)";

/** Copy the running server's home, as a careless backup would. */
export async function copyHome() {
  const copy = `${given.folder}/copy`;
  mkdirSync(copy);
  cpSync(`${given.home}/keys`, `${copy}/keys`, { recursive: true });
  for (const name of DATABASES) {
    const { status, stderr } = await python(copy, ["-c", COPY_DATABASE, `${given.home}/${name}`, `${copy}/${name}`]);
    if (status !== 0) throw new Error(stderr);
  }
  return copy;
}

/** Serve a home; give its address, its commands, and what ends it. */
export async function serve(home) {
  const words = ["-m", "server", "run", "--no-scheduler", "--port", String(given.port)];
  const running = spawn(given.python, words, { ...optionsOf(home), stdio: "ignore" });
  const url = `http://127.0.0.1:${given.port}`;
  const isReady = () => fetch(`${url}/readyz`).then(({ ok }) => ok, () => false);
  for (let tries = 0; !(await isReady()); tries += 1) {
    if (tries > 300 || running.exitCode !== null) throw new Error("the copy does not serve");
    await sleep(100);
  }
  return { url, command: (...words) => command(home, words), end: () => running.kill() };
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

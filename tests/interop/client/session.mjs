// The conversation (§12): hello, compare, record, push, view. Each may stop anywhere; the next one begins anew.

import { randomBytes } from "node:crypto";
import { hex, unhex } from "./bytes.mjs";
import { Problem } from "./doors.mjs";
import { VERSION } from "./kiosk.mjs";
import * as parcel from "./parcel.mjs";
import { demand } from "./refused.mjs";
import * as statements from "./statements.mjs";

const PAGES_MAX = 2_000; // a bound for us: no view has so many

/** Hold a conversation for every log, the oldest first; give what each brought. */
export async function sync(kiosk, doors) {
  const held = [];
  for (let place = 0; place < kiosk.logs.length; place += 1) {
    const log = kiosk.logs[place];
    if (log.closed && log.pending(kiosk.time.said.epoch).length === 0) continue;
    held.push(await converse(kiosk, doors, log));
  }
  return held;
}

/** Hold one conversation for one log. */
async function converse(kiosk, doors, log) {
  const hello = await sayHello(kiosk, doors, log);
  const strange = hello.ranges.filter(({ last, hash }) => !log.holds(last, hash)); // §12.2
  if (strange.length > 0 && !log.closed) kiosk.succeed();
  if (!log.closed) record(kiosk, hello);
  const ours = hello.ranges.filter((range) => !strange.includes(range));
  const { pushed, aside, diverged } = await push(kiosk, doors, log, log.pending(hello.epoch, ours));
  if (diverged && !log.closed) kiosk.succeed();
  if (!log.closed) await renew(kiosk, doors, log, hello);
  return { hello, diverged: diverged || strange.length > 0, pushed, aside };
}

/** Say hello and believe the answer only if it is our server's, for this log and nonce (§12.1). */
export async function sayHello(kiosk, doors, log) {
  const nonce = randomBytes(16);
  const wish = log.sign("hello", { seq: log.head, hash: log.hashes[log.head], nonce });
  const before_ms = kiosk.clock().mono_ms;
  const reply = await doors.hello({ key: hex(log.key), ...wish, version: VERSION, proofs: kiosk.proofs(log) });
  const after_ms = kiosk.clock().mono_ms;
  const { statement, signature } = reply.time;
  const said = believe(() => statements.read(kiosk.server.key, "time", statement, unhex(signature)));
  demand(said.log === log.id && said.nonce.equals(nonce) && !said.epoch.startsWith("demo-"), "not_our_server");
  kiosk.time = { said, signed: reply.time };
  const ranges = reply.ranges.map((range) => ({ ...range, hash: unhex(range.hash) }));
  return { ...reply, ranges, epoch: said.epoch, time: { ...said, signature: unhex(signature) }, before_ms, after_ms };
}

function believe(read) {
  try {
    return read();
  } catch (error) {
    demand(error.code !== "bad_signature", "not_our_server");
    throw error;
  }
}

/** Write the contact down: an anchor, then a frontier (§12.3). */
function record(kiosk, { time, before_ms, after_ms }) {
  const { epoch, nonce, server_ms, signature } = time;
  kiosk.write("anchor", { epoch, nonce, server_ms, before_ms, after_ms, signature });
  kiosk.write("frontier", { upto: kiosk.log.head });
}

/** Push runs of a log; a batch that is set aside does not stop the others (§12.5). */
export async function push(kiosk, doors, log, runs) {
  const done = { pushed: 0, aside: [], diverged: false };
  for (const { first, last, wire } of log.batches(runs)) {
    try {
      const { receipt } = await doors.push(wire);
      log.keep(receipt, kiosk.server.key, { first, last });
      done.pushed += last - first + 1;
    } catch (error) {
      if (error.code === "diverged") done.diverged = true; // signed, but for another branch (§12.4)
      else if (error instanceof Problem && error.kept) done.aside.push({ first, last, code: error.code });
      else throw error;
    }
  }
  return done;
}

/** Give back what the centre left here, if its epoch has ended, then bring the view up to date (§12.6). */
async function renew(kiosk, doors, log, hello) {
  const epochs = [...kiosk.view.cursors.values()].map(({ epoch }) => epoch);
  if (epochs.some((epoch) => epoch !== hello.epoch)) await giveBack(kiosk, doors, hello.epoch);
  if (hello.place) await pullView(kiosk, doors, log, hello);
}

/** Bring the view up to the numbers that hello named. */
export async function pullView(kiosk, doors, log, hello) {
  const { view, server } = kiosk;
  const said = statements.read(server.key, "place", hello.place.statement, unhex(hello.place.signature));
  if (said.log === log.id && said.epoch === hello.epoch) view.takePlace(said); // §11.11
  const isForeign = ({ epoch }) => epoch !== hello.epoch;
  for (const { channel, number } of hello.channels) {
    const behind = () => isForeign(view.cursor(channel)) || view.cursor(channel).number < number;
    for (let pages = 0; behind() && pages < PAGES_MAX; pages += 1) {
      if (!view.takePage(await pull(kiosk, doors, log, hello, channel), hello.epoch)) break;
    }
  }
}

/** Ask for the next page of a channel (§11.6). */
export async function pull(kiosk, doors, log, { time }, channel) {
  const { epoch, number } = kiosk.view.cursor(channel);
  const proof = { nonce: time.nonce, server_ms: time.server_ms, proof: time.signature };
  const wish = log.sign("pull", { ...proof, channel, epoch, number, ...kiosk.view.wanted(channel, time.epoch) });
  return parcel.read(await doors.pull({ key: hex(log.key), ...wish }), kiosk.server.key);
}

/** Give a server that has forgotten its own entries back (§12.11): of each log the newest first, until it knows them. */
async function giveBack(kiosk, doors, epoch) {
  const whole = new Set();
  const found = kiosk.deposits().filter(({ said }) => said.epoch !== epoch);
  for (const { wire, said } of found.sort((a, b) => b.said.last - a.said.last)) {
    if (whole.has(said.log)) continue;
    try {
      const reply = await doors.deposit(wire);
      if (reply.fresh === 0 && reply.whole) whole.add(said.log);
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // one that is refused is passed over
    }
  }
}

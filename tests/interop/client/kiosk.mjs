// A kiosk: logs, a clock, what it knows of its server, and what it writes down (§2.7, §9, §10).

import { createHmac, randomBytes } from "node:crypto";
import * as badge from "./badge.mjs";
import { EMPTY, hex, unhex, utf8 } from "./bytes.mjs";
import * as enrolment from "./enrolment.mjs";
import * as entries from "./entries.mjs";
import { deflate } from "./gzip.mjs";
import { Log } from "./log.mjs";
import { encode } from "./msgpack.mjs";
import { Refused, demand } from "./refused.mjs";
import { seal } from "./seal.mjs";
import * as statements from "./statements.mjs";
import { View } from "./view.mjs";

export const VERSION = "redvest-js 1";
const CODE_BYTES_MAX = 512;
const CODE_CHARACTERS_MAX = 4_296;

export class Kiosk {
  /** `clock` gives { boot, mono_ms, lead_ms } whenever it is asked (§2.5). */
  constructor(clock) {
    this.clock = clock;
    this.logs = [new Log()];
    this.view = new View();
    this.server = null; // { key, seal }, once enrolled
    this.time = null; // the last statement `time`, signed, and what it says
    this.markKey = randomBytes(32);
    this.boot();
  }

  /** The log that is written now; those before it are closed. */
  get log() {
    return this.logs.at(-1);
  }

  write(kind, fields) {
    return this.log.append(entries.write(kind, this.clock(), fields));
  }

  boot() {
    return this.write("boot", { version: VERSION, clock: "boottime" });
  }

  /** Close this log and go on in a new one that names it (§12.2). */
  succeed() {
    const before = this.log;
    const end = { seq: before.head, hash: before.hashes[before.head] };
    before.closed = true;
    this.logs.push(new Log());
    const { signature } = before.sign("succeed", { ...end, successor: this.log.id });
    this.boot();
    this.write("succeed", { log: before.id, ...end, signature: unhex(signature) });
  }

  // ---- enrolment

  /** Use an enrolment code at a server's doors (§10, §11.2, §11.3). Nothing is sent before the fingerprint fits. */
  async enrol(doors, text, post = "") {
    const code = enrolment.read(text);
    const keys = await doors.keys();
    const key = unhex(keys.key);
    demand(enrolment.names(code, key), "not_our_server");
    const said = statements.read(key, "keys", keys.statement, unhex(keys.signature));
    demand(!said.epoch.startsWith("demo-"), "demo_server"); // §10.5
    const secret = hex(seal(said.seal, enrolment.SECRET_INFO, code.secret));
    const wish = this.log.sign("enrol", { code: code.id, post, nonce: randomBytes(16) });
    const reply = await doors.enrol({ key: hex(this.log.key), ...wish, secret });
    this.server = { key, seal: said.seal };
    return reply;
  }

  // ---- what happened

  /** Record a code that was read, without the line end of a hand scanner; nobody is turned away (§8.6). */
  scan(text, direction) {
    const { post } = this.view.place ?? { post: "" };
    const nobody = { who: "", key: EMPTY, serial: 0, expires_s: 0 };
    return this.write("scan", { direction, chosen: 1, post, ...nobody, ...this.judge(text.replace(/[\r\n]+$/, "")) });
  }

  /** Record a number that was typed. */
  typed(who, direction) {
    const { post } = this.view.place ?? { post: "" };
    const said = { how: "typed", state: "typed", who, key: EMPTY, serial: 0, expires_s: 0 };
    return this.write("scan", { direction, chosen: 1, post, ...said });
  }

  /** Say what a code is, as fields of a scan (§8.5, §9). */
  judge(text) {
    if (!text.startsWith(badge.PREFIX)) return { how: "unknown", state: "not_a_badge", ...this.sealCode(text) };
    try {
      const { who, key, serial, expires_s } = badge.verify(text, this.view.badgeKeys());
      return { how: "card", state: this.state(who, serial, expires_s), who, key, serial, expires_s };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const state = ["unknown_key", "bad_signature"].includes(error.code) ? error.code : "malformed";
      const code = utf8(text.slice(badge.PREFIX.length)).subarray(0, CODE_BYTES_MAX);
      return { how: "unknown", state, code };
    }
  }

  state(who, serial, expires_s) {
    const { mono_ms, lead_ms } = this.clock();
    if (this.view.isRevoked(who, serial)) return "revoked";
    return mono_ms + lead_ms > expires_s * 1000 ? "expired" : "good";
  }

  /** Seal what somebody's phone showed, so that nobody reads it back here (§9.2). */
  sealCode(text) {
    const bytes = utf8([...text].slice(0, CODE_CHARACTERS_MAX).join(""));
    const mark = createHmac("sha256", this.markKey).update(bytes).digest().subarray(0, 16);
    return { mark, code: seal(this.server.seal, "redvest-code-1", bytes.subarray(0, CODE_BYTES_MAX)) };
  }

  // ---- words of the server

  /** Give the newest words of the server, which show what it once knew of this log (§12.10). */
  proofs(log) {
    const receipts = log.receipts;
    const best = (rank) => receipts.reduce((a, b) => (a && rank(a.said) >= rank(b.said) ? a : b), null);
    const time = log.id === this.time?.said.log ? this.time : null;
    const found = [time, best((said) => said.server_ms), best((said) => said.last), this.lastDeposit()];
    const texts = new Map(found.filter(Boolean).map(({ signed }) => [signed.statement, signed]));
    return [...texts.values()];
  }

  lastDeposit() {
    const found = this.deposits().map((row) => ({ ...row, signed: { statement: row.statement, signature: hex(row.signature) } }));
    return found.sort((a, b) => a.said.server_ms - b.said.server_ms).at(-1) ?? null;
  }

  /** Give what the centre left here: its own entries, sealed (§12.11). */
  deposits() {
    return [...this.view.rows.get("deposit").values()].map(([statement, signature, content]) => ({
      statement,
      signature,
      said: statements.parse("deposit", statement),
      wire: deflate(encode(["parcel", 1, statement, signature, content])),
    }));
  }
}


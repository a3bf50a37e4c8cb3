// The kinds of entries and their fields, in order, behind the three clocks (§2.5, §2.7).

import { EMPTY } from "./bytes.mjs";
import * as f from "./fields.mjs";

/** A field that may be left out from the end. */
const optional = (is, otherwise) => Object.assign((value) => is(value), { otherwise });

export const CLOCKS = { boot: f.bytes(8), mono_ms: f.count, lead_ms: f.any };

const adjusted = { adjusted_credited: f.any, adjusted_held: f.any, adjusted_refused: f.any };
const decided = { why: f.why, by: f.number };
const second = { second: optional(f.numberOrNone, "") };

export const KINDS = {
  scan: {
    direction: f.direction, chosen: f.bit, how: f.word, state: f.word, post: f.numberOrNone, who: f.numberOrNone,
    key: f.bytes(0, 4), serial: f.integer(0, 65_535), expires_s: f.count, code: optional(f.bytes(0, 1_024), EMPTY),
    mark: optional(f.bytes(0, 16), EMPTY), by: optional(f.numberOrNone, ""),
  },
  boot: { version: f.text, clock: f.word },
  anchor: {
    epoch: f.text, nonce: f.bytes(16), server_ms: f.count, before_ms: f.count, after_ms: f.count, signature: f.bytes(64),
  },
  frontier: { upto: f.count },
  succeed: { log: f.logId, seq: f.count, hash: f.hash, signature: f.bytes(64) },
  void: { seq: f.count, hash: f.hash, by: f.numberOrNone, reason: f.text },
  attest: {
    direction: f.direction, who: f.number, at_ms: f.count, post: f.numberOrNone, how: f.word, about: f.hashOrNone,
    by: f.number, reason: f.text,
  },
  walk_in: { who: f.number, post: f.numberOrNone, details: f.bytes(0, 1_024), consent: f.word, by: f.numberOrNone },
  handout: { who: f.number, item: f.text, count: f.any, by: f.numberOrNone },
  handover: { by: f.number, to: f.numberOrNone, present: f.count, text: f.text },
  note: { topic: f.word, who: f.numberOrNone, about: f.hashOrNone, text: f.text, by: f.numberOrNone },
  enrol: { log: f.logId, site: f.number, post: f.numberOrNone, from_ms: f.count, to_ms: f.count, by: optional(f.text, "") },
  set: { table: f.word, rows: f.count, digest: f.hash, by: f.text },
  revoke_badge: { who: f.number, serial: f.integer(0, 65_535), from_ms: f.count, reason: f.text },
  badge_key: { public: f.bytes(32), state: f.word, from_ms: f.count, reason: f.text },
  revoke_log: { log: f.logId, seq: f.count, hash: f.hash, from_ms: f.count, reason: f.text, by: f.text },
  decide: {
    who: f.number, record: f.hash, site: f.numberOrNone, post: f.numberOrNone, action: f.word,
    intervals: f.arrayOf(24, f.tuple(f.count, f.count, f.integer(0, 2))), evidence: f.hashOrNone, settles: f.rule,
    ...decided, role: f.word, ...second, undoes: optional(f.hashOrNone, EMPTY), mark: optional(f.bytes(0, 16), EMPTY),
    others: optional(f.arrayOf(6, f.hash), []),
  },
  merge: { who: f.number, into: f.number, ...decided, ...second },
  unmerge: { entry: f.hash, ...decided, ...second },
  accept: { who: f.number, into: f.number, ...decided },
  cover: { ranges: f.arrayOf(20, f.tuple(f.logId, f.count, f.count, f.hash)) },
  close_period: {
    site: f.number, month: f.integer(197_001, 999_912), seq: f.count, hash: f.hash, ranges: f.count, cover: f.hash,
    rows: f.count, digest: f.hash, people: f.count, records: f.count, credited: f.count, held: f.count, refused: f.count,
    ...adjusted, complete: f.bit, ...decided,
  },
  correct: {
    who: f.number, site: f.numberOrNone, record: f.hashOrNone, from_ms: f.count, to_ms: f.count, asked_ms: f.count,
    details: f.bytes(0, 1_024), by: f.numberOrNone,
  },
  answer: { request: f.hash, outcome: f.word, decision: f.hashOrNone, ...decided },
  certify: {
    number: f.number, who: f.number, first_day: f.count, last_day: f.count, minutes: f.count, rows: f.count, digest: f.hash,
    key: f.bytes(0, 4), issuer: f.issuer, replaces: f.hashOrNone, ...decided,
  },
  withdraw: { entry: f.hash, ...decided },
  listed: { mark: f.bytes(16), rows: f.arrayOf(40, f.tuple(f.number, f.stars, f.count)) },
  publish: {
    mark: f.bytes(16), title: f.text, day: f.count, stars: f.stars, rows: f.count, digest: f.hash, from_day: f.count,
    until_day: f.count, by: f.number,
  },
  object: { entry: f.hash, who: f.number, asked_ms: f.count, details: f.bytes(0, 1_024), by: f.number },
  conclude: { entry: f.hash, rows: f.count, digest: f.hash, by: f.number },
  staff: { what: f.word, account: f.text, digest: f.hash, by: f.text },
  seal: { table: f.word, number: f.count, rows: f.count, digest: f.hash },
  tell: { site: f.number, text: f.message, until_ms: f.count, by: f.text },
  untell: { entry: f.hash, by: f.text },
  tend: { what: f.word, about: f.text, rows: f.count, why: f.why, by: f.text },
};

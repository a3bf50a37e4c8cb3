// Batches: a contiguous run of one log with its signed head (§5).

import { equal, isBytes } from "./bytes.mjs";
import { genesis, headOf, logId } from "./chain.mjs";
import { deflate, inflate } from "./gzip.mjs";
import { isSignedBy, signWith } from "./keys.mjs";
import { decode, demandShortest, encode, isList, isText, isTuple, isWide } from "./msgpack.mjs";
import { demand } from "./refused.mjs";
import { write as statement } from "./statements.mjs";

const ENTRIES_MAX = 1_000;
const ENTRY_BYTES_MAX = 2_048;
const WIRE_BYTES_MAX = 524_288;
const PLAIN_BYTES_MAX = 2_097_152;
const SUM_BYTES_MAX = 491_520; // where a writer closes a batch (§5.2)
const FIRST_MAX = Number.MAX_SAFE_INTEGER - ENTRIES_MAX;

const SHAPE = [isText, isWide, isBytes, isWide, isBytes, isList(isBytes), isBytes];

/** Tell how many of these entries, from the first, a batch should take. */
export function fits(entries) {
  let sum = 0;
  const full = entries.slice(0, ENTRIES_MAX).findIndex((entry) => (sum += entry.length) > SUM_BYTES_MAX);
  return full < 0 ? Math.min(entries.length, ENTRIES_MAX) : full;
}

/** Write a batch of entries that follow `previous` = hash(first − 1). */
export function write({ seed, key, first, previous, entries }) {
  const head = headStatement(key, first + entries.length - 1, headOf(previous, entries));
  return deflate(encode(["batch", 1, key, first, previous, entries, signWith(seed, head)]));
}

/** Read a batch, with the checks and codes of §5.3, in their order. */
export function read(wire) {
  const plain = inflate(wire, WIRE_BYTES_MAX, PLAIN_BYTES_MAX);
  const value = decode(plain, { wide: true });
  demand(isTuple(value, SHAPE), "malformed");
  demandShortest(value, plain);
  const [name, form, key, first, previous, entries, signature] = value;
  demand(name === "batch" && form === 1 && key.length === 32 && previous.length === 32, "malformed");
  demand(entries.length > 0, "malformed");
  demand(entries.length <= ENTRIES_MAX, "too_many_entries");
  const run = { key, first, previous, entries, signature };
  const head = demandChain(run);
  return { ...run, log: logId(key), last: first + entries.length - 1, head };
}

/** Check what a batch and a slip have in common, from "first in its range" on; give the hash of the last entry. */
export function demandChain({ key, first, previous, entries, signature }) {
  demand(first >= 1 && first <= FIRST_MAX, "bad_sequence");
  demand(entries.every((entry) => entry.length <= ENTRY_BYTES_MAX), "entry_too_large");
  demand(first > 1 || equal(previous, genesis(key)), "bad_sequence");
  const hash = headOf(previous, entries);
  demand(isSignedBy(key, headStatement(key, first + entries.length - 1, hash), signature), "bad_signature");
  return hash;
}

export const headStatement = (key, seq, hash) => Buffer.from(statement("head", { log: logId(key), seq, hash }));

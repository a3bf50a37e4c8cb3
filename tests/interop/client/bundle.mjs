// Bundles for the server, and its replies (§16.4–§16.7, §16.12).

import { randomBytes } from "node:crypto";
import { ascii, bigEndian, isBytes, join, sha256 } from "./bytes.mjs";
import { read as readBatch } from "./batch.mjs";
import { logId } from "./chain.mjs";
import { fingerprint } from "./enrolment.mjs";
import { count, logId as isLogId } from "./fields.mjs";
import { frame, readFile, writeFile } from "./frames.mjs";
import { isSignedBy, publicOf, signWith } from "./keys.mjs";
import { decode, encode, isInteger, isList, isText, isTuple } from "./msgpack.mjs";
import { demand } from "./refused.mjs";
import { open, seal } from "./seal.mjs";
import { write as statement } from "./statements.mjs";

const [RUNS_MAX, VIEW_MAX, LINES_MAX] = [1_000, 2_000, 1_000];

const isRun = (run) => isTuple(run, [isLogId, count, count]);
const HEADER = [isText, isInteger, isBytes, isBytes, isBytes, isBytes, isText, isList(isRun)];
const isLogOrNone = (value) => value === "" || isLogId(value);
const REPLY = [
  isText,
  isInteger,
  isLogId,
  isList((row) => isTuple(row, [isText, isBytes])),
  isList((row) => isTuple(row, [isLogOrNone, count, count, isText])),
];

const isWords = isList((row) => isTuple(row, [isText, isBytes]));
const WORDS_MAX = 4;

const batchInfo = (header, place) => join(ascii("redvest-bundle-1"), sha256(header), bigEndian(place, 4));
const pageInfo = (log, place) => join(ascii("redvest-reply-1"), ascii(log), bigEndian(place, 4));
const endStatement = (log, batches, frames) =>
  Buffer.from(statement("bundle", { log, batches, digest: sha256(...frames) }));

/** Write a file of one bundle; give it with the private key that opens the reply. Batches and deposits are exact bytes,
 *  words lists of statement and signature: with any of these two the bundle is of form 2 (§16.12). */
export function write({ seed, key, serverKey, sealKey, view, batches, words = [], deposits = [] }) {
  const reply = randomBytes(32);
  const beside = [...(words.length ? [["W", encode(words)]] : []), ...deposits.map((parcel) => ["D", parcel])];
  const form = beside.length ? 2 : 1;
  const fields = ["bundle", form, key, fingerprint(serverKey), randomBytes(16), publicOf("x25519", reply), view];
  const header = encode([...fields, runsOf(batches)]);
  const inside = [...beside, ...batches.map((batch) => ["B", batch])];
  const sealed = inside.map(([kind, plain], place) => [kind, seal(sealKey, batchInfo(header, place + 1), plain)]);
  const frames = [["H", header], ...sealed];
  const end = endStatement(logId(key), batches.length, frames.map(([kind, body]) => frame(kind, body)));
  return { file: writeFile([[...frames, ["E", signWith(seed, end)]]]), reply };
}

/** Say what is inside: one run for each stretch of batches that follow one another (§16.4). */
function runsOf(batches) {
  const runs = [];
  const found = batches.map(readBatch).map(({ log, first, last }) => [log, first, last]);
  for (const [log, first, last] of found.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x - y))) {
    const before = runs.at(-1);
    if (before?.[0] === log && before[2] + 1 === first) before[2] = last;
    else runs.push([log, first, last]);
  }
  return runs;
}

/** Read a file of bundles and replies; nothing in it counts before all of it was read. */
export function read(file) {
  return readFile(file).map((part) => (part[0].kind === "H" ? readBundle(part) : readReply(part)));
}

function readBundle(part) {
  const [head, sealed, end] = [part[0], part.slice(1, -1), part.at(-1)];
  const value = decode(head.body);
  demand(isTuple(value, HEADER) && encode(value).equals(head.body), "malformed");
  const [name, form, key, server, id, reply, view, runs] = value;
  const lengths = [key, server, id, reply].map(({ length }) => length);
  demand(name === "bundle" && (form === 1 || form === 2) && lengths.join() === "32,10,16,32", "malformed");
  demand([...view].length <= VIEW_MAX && areRuns(runs), "malformed");
  demand(form === 2 || sealed.every(({ kind }) => kind === "B"), "malformed");
  const batches = sealed.filter(({ kind }) => kind === "B").length;
  const text = endStatement(logId(key), batches, part.slice(0, -1).map(({ bytes }) => bytes));
  demand(isSignedBy(key, text, end.body), "bad_signature");
  return { kind: "bundle", log: logId(key), server, view, runs, header: head.body, sealed };
}

const areRuns = (runs) =>
  runs.length <= RUNS_MAX &&
  runs.every(([log, first, last], place) => {
    const before = runs[place - 1];
    return first >= 1 && first <= last && (!before || before[0] < log || (before[0] === log && before[2] < first));
  });

/** Open what is in a bundle, as the centre does: batches, words and deposits. */
export function openAll(bundle, sealSeed) {
  const opened = bundle.sealed.map(({ kind, body }, place) => [kind, open(sealSeed, batchInfo(bundle.header, place + 1), body)]);
  const of = (wanted) => opened.filter(([kind]) => kind === wanted).map(([, plain]) => plain);
  return { batches: of("B"), words: of("W").flatMap(readWords), deposits: of("D") };
}

function readWords(plain) {
  const words = decode(plain);
  demand(isWords(words) && words.length <= WORDS_MAX && encode(words).equals(plain), "malformed");
  return words;
}

function readReply(part) {
  const value = decode(part[0].body);
  demand(isTuple(value, REPLY) && encode(value).equals(part[0].body), "malformed");
  const [name, form, log, receipts, aside] = value;
  demand(name === "reply" && form === 1 && receipts.length <= LINES_MAX && aside.length <= LINES_MAX, "malformed");
  return { kind: "reply", log, receipts, aside, sealed: part.slice(1, -1).map(({ body }) => body) };
}

/** Open the pages of a reply with the private key that was drawn for its bundle. */
export const openPages = (reply, seed) =>
  reply.sealed.map((body, place) => open(seed, pageInfo(reply.log, place + 1), body));

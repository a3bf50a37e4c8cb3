// Statements: short signed texts (§4).

import { hex, unhex, utf8 } from "./bytes.mjs";
import { isSignedBy, signWith } from "./keys.mjs";
import { demand } from "./refused.mjs";

// The fields of each name, in order (§4.3).
const FIELDS = Object.fromEntries(
  Object.entries({
    head: "log seq hash",
    hello: "log seq hash nonce",
    time: "epoch log nonce server_ms",
    receipt: "epoch log first last hash server_ms",
    succeed: "log seq hash successor",
    bundle: "log batches digest",
    enrol: "log code post nonce",
    keys: "epoch central seal badges server_ms",
    pull: "log nonce server_ms proof channel epoch number staged part",
    place: "epoch log site post server_ms",
    snapshot: "epoch channel number part parts digest server_ms",
    changes: "epoch channel after number digest server_ms",
    deposit: "epoch log first last hash digest server_ms",
    neighbour: "log centre nonce",
  }).map(([name, keys]) => [name, keys.split(" ")]),
);

// What a key's value is, whichever statement it stands in; the others are text.
const BYTES = { hash: 32, nonce: 16, digest: 32, code: 5, seal: 32, badges: 32, proof: 64, centre: 10 };
const INTEGERS = new Set("seq first last batches server_ms number staged part parts after".split(" "));
const LOGS = new Set(["log", "successor", "central"]);

/** Write a statement of a name with these fields (§4.1). */
export function write(name, fields) {
  const lines = FIELDS[name].map((key) => `${key} ${BYTES[key] ? hex(fields[key]) : fields[key]}`);
  return [`redvest/1 ${name}`, ...lines].join("\n");
}

/** Write a statement and sign it: give the two fields that the doors call *signed* (§11.1). */
export function signed(seed, name, fields) {
  const statement = write(name, fields);
  return { statement, signature: hex(signWith(seed, utf8(statement))) };
}

/** Give the name that a statement's first line has. */
export const nameOf = (statement) => /^redvest\/1 ([a-z]+)\n/.exec(statement)?.[1] ?? "";

/** Check the signature first, then read strictly (§4.2). */
export function read(key, name, statement, signature) {
  demand(isSignedBy(key, utf8(statement), signature), "bad_signature", name);
  return parse(name, statement);
}

/** Read the text of a statement strictly. */
export function parse(name, statement) {
  const lines = statement.split("\n");
  demand(lines.shift() === `redvest/1 ${name}` && lines.length === FIELDS[name]?.length, "malformed", name);
  return Object.fromEntries(FIELDS[name].map((key, place) => [key, field(key, lines[place])]));
}

function field(key, line) {
  demand(line.startsWith(`${key} `), "malformed", line);
  const text = line.slice(key.length + 1);
  if (BYTES[key]) return bytes(text, BYTES[key]);
  if (INTEGERS.has(key)) return integer(text);
  demand(!LOGS.has(key) || /^[a-z2-7]{32}$/.test(text), "malformed", line);
  return text;
}

function bytes(text, length) {
  demand(text.length === 2 * length && /^[0-9a-f]*$/.test(text), "malformed", text);
  return unhex(text);
}

function integer(text) {
  demand(/^(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(Number(text)), "malformed", text);
  return Number(text);
}

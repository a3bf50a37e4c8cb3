// Parcels: signed pages of a view, places and deposits (§11.7, §11.8).

import { equal, isBytes, sha256 } from "./bytes.mjs";
import { number, numberOrNone } from "./fields.mjs";
import { inflate } from "./gzip.mjs";
import { decode, demandShortest, isInteger, isList, isText, isTuple } from "./msgpack.mjs";
import { demand } from "./refused.mjs";
import { nameOf, read as readStatement } from "./statements.mjs";

const [WIRE_BYTES_MAX, PLAIN_BYTES_MAX, ROWS_MAX, PARTS_MAX] = [1_048_576, 4_194_304, 20_000, 1_000];
const SHAPE = [isText, isInteger, isText, isBytes, isBytes];

const isRow = (row) => Array.isArray(row) && isText(row[0]);
const isGroup = (group) => isTuple(group, [isText, isList(isRow), isList(isText)]);
const isChannel = (text) => text === "all" || text === "central" || (text.startsWith("site:") && number(text.slice(5)));

// What each name's fields must be, over what the statement's own reading checks.
const NAMES = {
  place: ({ site, post }, content) => number(site) && numberOrNone(post) && content.length === 0,
  deposit: () => true,
  changes: ({ channel, after, number: last }) => isChannel(channel) && after <= last,
  snapshot: ({ channel, part, parts }) => isChannel(channel) && part >= 1 && part <= parts && parts <= PARTS_MAX,
};

/** Read a parcel that this server signed; the checks of §11.8 in their order. */
export function read(wire, serverKey) {
  const plain = inflate(wire, WIRE_BYTES_MAX, PLAIN_BYTES_MAX);
  const value = decode(plain);
  demand(isTuple(value, SHAPE), "malformed");
  demandShortest(value, plain);
  const [label, form, statement, signature, content] = value;
  demand(label === "parcel" && form === 1, "malformed");
  const name = nameOf(statement);
  const fields = readStatement(serverKey, name, statement, signature);
  demand(Object.hasOwn(NAMES, name) && NAMES[name](fields, content), "malformed", name);
  demand(name === "place" || equal(fields.digest, sha256(content)), "bad_signature", "digest");
  return { name, fields, content, wire, groups: fields.channel ? readGroups(content) : [] };
}

function readGroups(content) {
  const groups = decode(content); // its digest is signed, so that its form need not be checked
  demand(isList(isGroup)(groups), "malformed");
  demand(groups.reduce((sum, [, rows, left]) => sum + rows.length + left.length, 0) <= ROWS_MAX, "too_large");
  return groups.map(([kind, rows, left]) => ({ kind, rows, left }));
}

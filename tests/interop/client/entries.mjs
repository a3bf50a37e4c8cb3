// Entries: exact bytes for what happened (§2), and why some are strange (§2.8).

import { CLOCKS, KINDS } from "./kinds.mjs";
import { decode, demandShortest, encode } from "./msgpack.mjs";
import { Refused, demand } from "./refused.mjs";

export const BYTES_MAX = 2_048;

/** Write an entry of a kind from the three clocks and its fields by name; last fields may be missing. */
export function write(kind, clocks, fields) {
  const shape = { ...CLOCKS, ...KINDS[kind] };
  const values = Object.entries(shape).map(([name, is]) => ({ ...clocks, ...fields })[name] ?? is.otherwise);
  const bytes = encode([kind, ...values]);
  read(bytes); // what this client cannot read, it must not write: an entry is for ever
  if (bytes.length > BYTES_MAX) throw new RangeError(`an entry of ${bytes.length} bytes`);
  return bytes;
}

/** Read an entry: its kind and its fields by name. What is strange is refused, alone, with the code of §2.8. */
export function read(bytes) {
  const value = decode(bytes);
  demand(Array.isArray(value) && typeof value[0] === "string", "malformed");
  demandShortest(value, bytes);
  const [kind, ...values] = value;
  if (!Object.hasOwn(KINDS, kind)) throw new Refused("unknown_kind", kind);
  const shape = Object.entries({ ...CLOCKS, ...KINDS[kind] });
  return { kind, ...Object.fromEntries(shape.map(([name, is], place) => [name, field(name, is, values[place])])) };
}

function field(name, is, given) {
  const value = given === undefined ? is.otherwise : given;
  demand(value !== undefined && is(value), "bad_field", name);
  return value;
}

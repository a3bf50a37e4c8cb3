// As much deterministic CBOR (RFC 8949, 4.2.1) as badges need (§8.2): integers, byte strings, text, arrays, maps, a tag.
// A map is a list of pairs here, so that its order and a key that stands twice can be seen.

import { bigEndian, isBytes, join, utf8 } from "./bytes.mjs";
import { Refused, demand } from "./refused.mjs";

const TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class Tagged {
  constructor(tag, value) {
    Object.assign(this, { tag, value });
  }
}

export class Pairs {
  constructor(pairs) {
    this.pairs = pairs;
  }
}

function head(major, number) {
  if (number < 24) return Buffer.of((major << 5) | number);
  const width = [1, 2, 4].findIndex((width) => number < 256 ** width);
  demand(width >= 0, "malformed", "a number out of bounds");
  return join(Buffer.of((major << 5) | (24 + width)), bigEndian(number, 2 ** width));
}

/** Encode a value in its one deterministic form. */
export function encode(value) {
  if (value instanceof Tagged) return join(head(6, value.tag), encode(value.value));
  if (value instanceof Pairs) return join(head(5, value.pairs.length), ...inOrder(value.pairs));
  if (Array.isArray(value)) return join(head(4, value.length), ...value.map(encode));
  if (isBytes(value)) return join(head(2, value.length), value);
  if (typeof value === "string") return join(head(3, utf8(value).length), utf8(value));
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

function inOrder(pairs) {
  const coded = pairs.map(([key, value]) => [encode(key), encode(value)]).sort(([a], [b]) => Buffer.compare(a, b));
  return coded.filter(([key], place) => place === 0 || !key.equals(coded[place - 1][0])).flat();
}

/** Decode one value in deterministic form with nothing behind it; anything else is malformed. */
export function decode(bytes) {
  const [value, end] = valueAt(bytes, 0, 4);
  demand(end === bytes.length && encode(value).equals(bytes), "malformed", "not deterministic");
  return value;
}

function numberAt(bytes, at) {
  const short = bytes[at] & 31;
  if (short < 24) return [short, at + 1];
  const width = 2 ** (short - 24);
  demand(width <= 4 && at + 1 + width <= bytes.length, "malformed");
  return [bytes.readUIntBE(at + 1, width), at + 1 + width];
}

function valueAt(bytes, start, depth) {
  demand(start < bytes.length && depth > 0, "malformed");
  const [number, at] = numberAt(bytes, start);
  switch (bytes[start] >> 5) {
    case 0: return [number, at];
    case 1: return [-1 - number, at];
    case 2: return [sliceAt(bytes, at, number), at + number];
    case 3: return [textAt(bytes, at, number), at + number];
    case 4: return listAt(bytes, at, number, depth);
    case 5: return pairsAt(bytes, at, number, depth);
    case 6: return taggedAt(bytes, at, number, depth);
    default: throw new Refused("malformed", "a type that no badge has");
  }
}

function sliceAt(bytes, at, length) {
  demand(at + length <= bytes.length, "malformed");
  return bytes.subarray(at, at + length);
}

function textAt(bytes, at, length) {
  const slice = sliceAt(bytes, at, length);
  try {
    return TEXT.decode(slice);
  } catch {
    throw new Refused("malformed", "not UTF-8");
  }
}

function listAt(bytes, start, length, depth) {
  demand(length <= bytes.length, "malformed");
  const items = [];
  let at = start;
  for (let place = 0; place < length; place += 1) {
    const [value, end] = valueAt(bytes, at, depth - 1);
    items.push(value);
    at = end;
  }
  return [items, at];
}

function pairsAt(bytes, start, length, depth) {
  const [items, end] = listAt(bytes, start, 2 * length, depth);
  return [new Pairs(Array.from({ length }, (_, place) => items.slice(2 * place, 2 * place + 2))), end];
}

function taggedAt(bytes, start, tag, depth) {
  const [value, end] = valueAt(bytes, start, depth - 1);
  return [new Tagged(tag, value), end];
}

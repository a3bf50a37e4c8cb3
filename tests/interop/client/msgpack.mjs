// MessagePack of integers, byte strings, text and arrays, in shortest form (§2.2, §2.3).

import { equal, isBytes, join, utf8 } from "./bytes.mjs";
import { Refused, demand } from "./refused.mjs";

const TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }); // keep a BOM: it is a character

// ---- writing

/** Encode a value of the four types in its one shortest form. */
export function encode(value) {
  if (Array.isArray(value)) return encodeArray(value);
  if (isBytes(value)) return encodeSized(value, [[0xc4, 1], [0xc5, 2], [0xc6, 4]]);
  if (typeof value === "string") return encodeText(utf8(value));
  if (Number.isSafeInteger(value) || typeof value === "bigint") return encodeInteger(value);
  throw new TypeError(`not of the protocol: ${value}`);
}

function encodeArray(items) {
  const head = items.length < 16 ? Buffer.of(0x90 | items.length) : sized(items.length, [[0xdc, 2], [0xdd, 4]]);
  return join(head, ...items.map(encode));
}

const encodeText = (bytes) =>
  bytes.length < 32 ? join(Buffer.of(0xa0 | bytes.length), bytes) : encodeSized(bytes, [[0xd9, 1], [0xda, 2], [0xdb, 4]]);

const encodeSized = (bytes, forms) => join(sized(bytes.length, forms), bytes);

function sized(length, forms) {
  const [byte, width] = forms.find(([, width]) => length < 256 ** width);
  const made = Buffer.of(byte, 0, 0, 0, 0).subarray(0, 1 + width);
  made.writeUIntBE(length, 1, width);
  return made;
}

function encodeInteger(value) {
  if (value >= -32 && value < 128) return Buffer.of(value & 0xff);
  const negative = value < 0;
  const width = [1, 2, 4].find((width) => (negative ? value >= -(2 ** (8 * width - 1)) : value < 256 ** width)) ?? 8;
  const made = Buffer.alloc(9);
  made[0] = (negative ? 0xd0 : 0xcc) + Math.log2(width);
  if (width === 8) made.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)), 1);
  else if (negative) made.writeIntBE(value, 1, width);
  else made.writeUIntBE(value, 1, width);
  return made.subarray(0, 1 + width);
}

// ---- reading

/** Decode one value with nothing behind it, arrays at most `depth` deep; lengths may be longer than needed.
 *  `wide`: leave integers out of the bounds of §1.4 to a check of their own, as BigInt. */
export function decode(bytes, { depth = 4, wide = false } = {}) {
  const reader = new Reader(bytes, wide);
  const value = reader.value(depth);
  demand(reader.at === bytes.length, "malformed", "something stands behind");
  return value;
}

/** Refuse bytes that are not what their value encodes to. */
export function demandShortest(value, bytes) {
  demand(equal(encode(value), bytes), "not_canonical");
}

class Reader {
  constructor(bytes, wide) {
    this.bytes = Buffer.from(bytes);
    this.wide = wide;
    this.at = 0;
  }

  take(length) {
    demand(this.at + length <= this.bytes.length, "malformed", "it ends too soon");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  length(width) {
    return this.take(width).readUIntBE(0, width);
  }

  value(depth) {
    const byte = this.take(1)[0];
    if (byte < 0x80) return byte;
    if (byte >= 0xe0) return byte - 0x100;
    if (byte >= 0x90 && byte < 0xa0) return this.array(byte & 0x0f, depth);
    if (byte >= 0xa0 && byte < 0xc0) return this.text(byte & 0x1f);
    if (byte >= 0xc4 && byte <= 0xc6) return this.take(this.length(2 ** (byte - 0xc4)));
    if (byte >= 0xcc && byte <= 0xd3) return this.integer(2 ** (byte & 3), byte >= 0xd0);
    if (byte >= 0xd9 && byte <= 0xdb) return this.text(this.length(2 ** (byte - 0xd9)));
    if (byte === 0xdc || byte === 0xdd) return this.array(this.length(byte === 0xdc ? 2 : 4), depth);
    throw new Refused("malformed", `a type that is not of the protocol: ${byte}`);
  }

  integer(width, signed) {
    const raw = this.take(width);
    const big = BigInt(`0x${raw.toString("hex")}`);
    const value = signed ? BigInt.asIntN(8 * width, big) : big;
    const isSafe = Number.isSafeInteger(Number(value));
    demand(isSafe || this.wide, "malformed", "an integer out of bounds (§1.4)");
    return isSafe ? Number(value) : value;
  }

  text(length) {
    try {
      return TEXT.decode(this.take(length));
    } catch (error) {
      if (error instanceof Refused) throw error;
      throw new Refused("malformed", "not UTF-8");
    }
  }

  array(length, depth) {
    demand(depth > 0, "malformed", "too deep");
    demand(length <= this.bytes.length - this.at, "malformed", "it ends too soon"); // an element has a byte at least
    return Array.from({ length }, () => this.value(depth - 1));
  }
}

/** Check that a value is an array whose elements are of these shapes, one each. */
export function isTuple(value, shapes) {
  return Array.isArray(value) && value.length === shapes.length && shapes.every((is, place) => is(value[place]));
}

export const isText = (value) => typeof value === "string";
export const isWide = (value) => Number.isSafeInteger(value) || typeof value === "bigint";
export const isInteger = (value) => Number.isSafeInteger(value);
export const isList = (of) => (value) => Array.isArray(value) && value.every(of);

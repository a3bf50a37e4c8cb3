// Byte strings: joining, comparing, hex and the one digest of the protocol (§1.2).

import { createHash, createHmac } from "node:crypto";

export const EMPTY = Buffer.alloc(0);

export const hex = (bytes) => Buffer.from(bytes).toString("hex");
export const unhex = (text) => Buffer.from(text, "hex");
export const ascii = (text) => Buffer.from(text, "latin1");
export const utf8 = (text) => Buffer.from(text, "utf8");
export const join = (...parts) => Buffer.concat(parts);
export const equal = (one, other) => Buffer.compare(one, other) === 0;
export const isBytes = (value) => value instanceof Uint8Array;

export const sha256 = (...parts) => createHash("sha256").update(join(...parts)).digest();
export const hmac = (key, ...parts) => createHmac("sha256", key).update(join(...parts)).digest();

/** Give a number as so many big-endian bytes. */
export function bigEndian(number, length) {
  const made = Buffer.alloc(length);
  made.writeUIntBE(number, 0, length);
  return made;
}

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Encode whole groups of five bytes in Base32 (RFC 4648), lower case, no padding needed. */
export function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.replace(/.{5}/g, (five) => BASE32[parseInt(five, 2)]);
}

/** Decode Base32 without padding; give null for anything else. */
export function unbase32(text) {
  const places = [...text.toLowerCase()].map((letter) => BASE32.indexOf(letter));
  if (places.includes(-1) || places.length % 8 !== 0) return null;
  const bits = places.map((place) => place.toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2)));
}

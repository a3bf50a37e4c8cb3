// Base45 (RFC 9285), canonical: decoded and encoded again it is the same text (§8.1).

import { demand } from "./refused.mjs";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** Encode bytes: three letters for two bytes, two for a last one. */
export function encode(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length;
    let rest = pair ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    for (let letters = pair ? 3 : 2; letters > 0; letters -= 1) {
      text += LETTERS[rest % 45];
      rest = Math.floor(rest / 45);
    }
  }
  return text;
}

/** Decode text; anything that no bytes encode to is refused. */
export function decode(text) {
  const places = [...text].map((letter) => LETTERS.indexOf(letter));
  demand(!places.includes(-1) && text.length % 3 !== 1, "bad_base45");
  const bytes = [];
  for (let at = 0; at < places.length; at += 3) {
    const [low, middle, high] = places.slice(at, at + 3);
    const value = low + 45 * middle + 2_025 * (high ?? 0);
    demand(value < (high === undefined ? 256 : 65_536), "bad_base45");
    bytes.push(...(high === undefined ? [value] : [value >> 8, value & 0xff]));
  }
  return Buffer.from(bytes);
}

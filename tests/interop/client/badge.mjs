// Badges: a signed token in a QR code, verified with no network (§8).

import * as base45 from "./base45.mjs";
import { EMPTY, ascii, hex, isBytes, sha256 } from "./bytes.mjs";
import { Pairs, Tagged, decode, encode } from "./cbor.mjs";
import { number as isNumber } from "./fields.mjs";
import { isSignedBy } from "./keys.mjs";
import { demand } from "./refused.mjs";

export const PREFIX = "RV1:";
const TEXT_MAX = 180;
const [SIGN1, ALGORITHM, KEY_ID, EDDSA] = [18, 1, 4, -8];
const [SUBJECT, EXPIRES, ISSUED, SERIAL] = [2, 4, 6, 7];

/** Give the key id of a badge key (§8.3). */
export const keyId = (key) => sha256(ascii("redvest-badge-key-1"), key).subarray(0, 4);

/** Verify the text of a badge with keys by key id in hex; the checks and codes of §8.5, in their order. */
export function verify(text, keys) {
  demand(text.startsWith(PREFIX), "malformed");
  demand(text.length - PREFIX.length <= TEXT_MAX, "too_large");
  const { protectedHeader, key, payload, signature } = message(base45.decode(text.slice(PREFIX.length)));
  const known = keys.get(hex(key));
  demand(known !== undefined, "unknown_key");
  demand(isSignedBy(known, encode(["Signature1", protectedHeader, EMPTY, payload]), signature), "bad_signature");
  return { key, ...claims(payload) };
}

/** Read the message of §8.3. */
function message(bytes) {
  const found = decode(bytes);
  demand(found instanceof Tagged && found.tag === SIGN1 && Array.isArray(found.value), "malformed");
  const [protectedHeader, unprotected, payload, signature] = found.value;
  demand(found.value.length === 4 && [protectedHeader, payload, signature].every(isBytes), "malformed");
  demand(unprotected instanceof Pairs && unprotected.pairs.length === 0 && signature.length === 64, "malformed");
  const { [ALGORITHM]: algorithm, [KEY_ID]: key } = fields(protectedHeader, [ALGORITHM, KEY_ID]);
  demand(algorithm === EDDSA && isBytes(key) && key.length === 4, "malformed");
  return { protectedHeader, key, payload, signature };
}

/** Read the claims of §8.4. */
function claims(payload) {
  const found = fields(payload, [SUBJECT, EXPIRES, ISSUED, SERIAL]);
  const { [SUBJECT]: who, [EXPIRES]: expires_s, [ISSUED]: issued_s, [SERIAL]: cti } = found;
  demand(isNumber(who) && isSecond(expires_s) && isSecond(issued_s) && issued_s <= expires_s, "malformed");
  demand(isBytes(cti) && cti.length === 2 && cti.readUInt16BE() > 0, "malformed");
  return { who, serial: cti.readUInt16BE(), issued_s, expires_s };
}

/** Read a map with exactly these keys. */
function fields(bytes, keys) {
  const found = decode(bytes);
  demand(found instanceof Pairs && found.pairs.length === keys.length, "malformed");
  demand(found.pairs.every(([key], place) => key === keys[place]), "malformed");
  return Object.fromEntries(found.pairs);
}

const isSecond = (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32;

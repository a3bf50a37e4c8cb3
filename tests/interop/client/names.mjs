// Names of a site's people (§9.6, §9.7), and what posts need and people have (§11.14).

import { createDecipheriv } from "node:crypto";
import { ascii, hex, hmac, join, sha256, unhex } from "./bytes.mjs";
import { secretHash } from "./enrolment.mjs";
import { publicOf } from "./keys.mjs";
import { decode, isText, isTuple } from "./msgpack.mjs";
import { Refused, demand } from "./refused.mjs";
import { open as unseal } from "./seal.mjs";

const INFO = "redvest-names-1";
const [NONCE, TAG] = [12, 16];
const NEEDS = ["insurance", "training", "age"];
const SPAN = /^(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?$/;

/** Give the private key for names that follows from a kiosk's key of names. */
export const privateOf = (namesKey) => sha256(ascii("redvest-names-private-1"), namesKey);

const proofOf = (secret, key) => hmac(secretHash(secret), ascii(INFO), key);

/** Give the text of the note that announces the key, proved by the kiosk's enrolment code. */
export function announce({ id, secret }, namesKey) {
  const key = publicOf("x25519", privateOf(namesKey));
  return [id, key, proofOf(secret, key)].map(hex).join(" ");
}

/** Tell whether such a note is proved by this code. */
export function isProved(text, { id, secret }) {
  const [code, key, proof] = text.split(" ");
  return code === hex(id) && proof === hex(proofOf(secret, unhex(key)));
}

/** Open the secret of the site. */
export const openSecret = (namesKey, sealed) => unseal(privateOf(namesKey), INFO, sealed);

/** Open the names of a person. */
export function openPerson(secret, number, sealed) {
  demand(sealed.length >= NONCE + TAG, "malformed", "too short to be sealed");
  const decipher = createDecipheriv("aes-256-gcm", secret, sealed.subarray(0, NONCE));
  decipher.setAuthTag(sealed.subarray(-TAG)).setAAD(ascii(number));
  let plain = decipher.update(sealed.subarray(NONCE, -TAG));
  try {
    plain = join(plain, decipher.final());
  } catch {
    throw new Refused("malformed", "not sealed for this");
  }
  const value = decode(plain);
  demand(isTuple(value, [isText, isText, isText]), "malformed");
  return { name: value[0], team: value[1], words: value[2] };
}

/** Fold what is compared. JavaScript has no case folding: upper and lower case together come near enough, ß included. */
export const fold = (text) => text.normalize("NFKC").toUpperCase().toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Give those needs of a text that a person's text does not meet on a date. */
export function lacking(needs, fits, day) {
  const has = new Map(fits.split(";").map((item) => [item.slice(0, item.lastIndexOf("=")), item.slice(item.lastIndexOf("=") + 1)]));
  const holds = (span) => {
    const found = SPAN.exec(span);
    return found !== null && (found[1] ?? "") <= day && (!found[2] || day <= found[2]);
  };
  const known = needs.split(";").filter((need) => NEEDS.includes(need.split(":")[0]));
  return known.filter((need) => !(has.get(need) ?? "").split(",").some(holds));
}

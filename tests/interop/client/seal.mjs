// Sealing: HPKE (RFC 9180), base mode, X25519, HKDF-SHA256, AES-128-GCM, one message, no additional data (§9.3).

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { EMPTY, ascii, bigEndian, hmac, join } from "./bytes.mjs";
import { publicOf, sharedSecret } from "./keys.mjs";
import { Refused, demand } from "./refused.mjs";

const KEM = join(ascii("KEM"), bigEndian(0x0020, 2));
const SUITE = join(ascii("HPKE"), bigEndian(0x0020, 2), bigEndian(0x0001, 2), bigEndian(0x0001, 2));
const [ENCAPSULATED, TAG] = [32, 16];

const extract = (suite, salt, label, input) => hmac(salt, ascii("HPKE-v1"), suite, ascii(label), input);

/** LabeledExpand for at most 32 bytes: one round of HKDF is enough. */
const expand = (suite, secret, label, info, length) =>
  hmac(secret, bigEndian(length, 2), ascii("HPKE-v1"), suite, ascii(label), info, Buffer.of(1)).subarray(0, length);

function schedule(dh, encapsulated, recipient, info) {
  const shared = expand(KEM, extract(KEM, EMPTY, "eae_prk", dh), "shared_secret", join(encapsulated, recipient), 32);
  const hashes = [extract(SUITE, EMPTY, "psk_id_hash", EMPTY), extract(SUITE, EMPTY, "info_hash", info)];
  const context = join(Buffer.of(0), ...hashes);
  const secret = extract(SUITE, shared, "secret", EMPTY);
  return [expand(SUITE, secret, "key", context, 16), expand(SUITE, secret, "base_nonce", context, 12)];
}

/** Seal a text to a public key; info is ASCII text or bytes. */
export function seal(recipient, info, plain) {
  const seed = randomBytes(32);
  const encapsulated = publicOf("x25519", seed);
  const [key, nonce] = schedule(sharedSecret(seed, recipient), encapsulated, recipient, Buffer.from(info));
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  return join(encapsulated, cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

/** Open what was sealed to the public key of a private key. */
export function open(seed, info, sealed) {
  demand(sealed.length >= ENCAPSULATED + TAG, "malformed", "too short to be sealed");
  const encapsulated = sealed.subarray(0, ENCAPSULATED);
  const shared = sharedSecret(seed, encapsulated);
  const [key, nonce] = schedule(shared, encapsulated, publicOf("x25519", seed), Buffer.from(info));
  const decipher = createDecipheriv("aes-128-gcm", key, nonce).setAuthTag(sealed.subarray(-TAG));
  const plain = decipher.update(sealed.subarray(ENCAPSULATED, -TAG));
  try {
    return join(plain, decipher.final());
  } catch {
    throw new Refused("malformed", "not sealed for this");
  }
}

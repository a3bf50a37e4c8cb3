// Ed25519 and X25519 keys as 32 bytes (§1.2), which Node wants wrapped in DER (RFC 8410).

import { createPrivateKey, createPublicKey, diffieHellman, sign, verify } from "node:crypto";
import { join, unhex } from "./bytes.mjs";

const OIDS = { ed25519: "2b6570", x25519: "2b656e" };

const privateDer = (curve, seed) =>
  join(unhex(`302e02010030050603${OIDS[curve]}04220420`), seed);
const publicDer = (curve, key) => join(unhex(`302a30050603${OIDS[curve]}032100`), key);

const privateKey = (curve, seed) =>
  createPrivateKey({ key: privateDer(curve, seed), format: "der", type: "pkcs8" });
const publicKey = (curve, key) =>
  createPublicKey({ key: publicDer(curve, key), format: "der", type: "spki" });

/** Derive the 32 public bytes of a private key. */
export const publicOf = (curve, seed) =>
  createPublicKey(privateKey(curve, seed)).export({ format: "der", type: "spki" }).subarray(-32);

export const signWith = (seed, text) => sign(null, text, privateKey("ed25519", seed));

export const isSignedBy = (key, text, signature) =>
  key.length === 32 && signature.length === 64 && verify(null, text, publicKey("ed25519", key), signature);

export const sharedSecret = (seed, key) =>
  diffieHellman({ privateKey: privateKey("x25519", seed), publicKey: publicKey("x25519", key) });

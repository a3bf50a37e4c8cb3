// Logs: their id, and the chain of their entries (§3).

import { ascii, base32, sha256 } from "./bytes.mjs";

/** Derive the id of the log of a public key (§3.2). */
export const logId = (key) => base32(sha256(ascii("redvest-log-1"), key).subarray(0, 20));

/** Give hash(0) of the log of a public key (§3.3). */
export const genesis = (key) => sha256(ascii("redvest-genesis-1"), key);

/** Give the hash of an entry that follows another. */
export const after = (previous, entry) => sha256(previous, entry);

/** Give the hash of the last of these entries, the first of which follows `previous`. */
export const headOf = (previous, entries) => entries.reduce(after, previous);

/** Name a boot as entries do (§2.5); the id's white space does not count. */
export const bootOf = (id) => sha256(ascii("redvest-boot-1"), Buffer.from(id.trim())).subarray(0, 8);

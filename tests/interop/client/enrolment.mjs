// Enrolment codes (§10).

import { ascii, equal, sha256, unbase32 } from "./bytes.mjs";
import { demand } from "./refused.mjs";

export const SECRET_INFO = "redvest-enrol-1";

/** Read a code as a person typed it: case, blanks and dashes do not count, full-width letters are plain ones. */
export function read(typed) {
  const bytes = unbase32(typed.normalize("NFKC").replace(/[\s\p{Dash}]/gu, ""));
  demand(bytes !== null && bytes.length === 25, "bad_code");
  return { id: bytes.subarray(0, 5), secret: bytes.subarray(5, 15), fingerprint: bytes.subarray(15) };
}

/** Give the fingerprint of a server's identity key (§10.2). */
export const fingerprint = (key) => sha256(ascii("redvest-server-1"), key).subarray(0, 10);

/** Give what the server keeps of a code's secret (§10.3). */
export const secretHash = (secret) => sha256(ascii("redvest-enrol-secret-1"), secret);

/** Tell whether a server's key is the one that a code names. */
export const names = (code, key) => equal(code.fingerprint, fingerprint(key));

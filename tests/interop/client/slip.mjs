// Slips: one entry ahead of its chain (§17).

import { isBytes } from "./bytes.mjs";
import { demandChain, headStatement } from "./batch.mjs";
import { after, logId } from "./chain.mjs";
import { signWith } from "./keys.mjs";
import { decode, demandShortest, encode, isText, isTuple, isWide } from "./msgpack.mjs";
import { demand } from "./refused.mjs";

const [BYTES_MAX, TEXT_MAX] = [2_304, 3_072];
const SHAPE = [isText, isWide, isBytes, isWide, isBytes, isBytes, isBytes];

/** Write the slip of an entry that follows `previous`. */
export function write({ seed, key, seq, previous, entry }) {
  const signature = signWith(seed, headStatement(key, seq, after(previous, entry)));
  return encode(["slip", 1, key, seq, previous, entry, signature]).toString("base64url");
}

/** Read the text of a slip, with the checks of §17.2 in their order. */
export function read(text) {
  demand(text.length <= TEXT_MAX, "too_large");
  const bytes = Buffer.from(text, "base64url");
  demand(bytes.toString("base64url") === text, "bad_base64");
  demand(bytes.length <= BYTES_MAX, "too_large");
  const value = decode(bytes, { wide: true });
  demand(isTuple(value, SHAPE), "malformed");
  demandShortest(value, bytes);
  const [name, form, key, seq, previous, entry, signature] = value;
  demand(name === "slip" && form === 1 && key.length === 32 && previous.length === 32, "malformed");
  const hash = demandChain({ key, first: seq, previous, entries: [entry], signature });
  return { log: logId(key), seq, hash, entry };
}

// gzip of exactly one member with nothing behind it, within bounds (§5.2). Node's gunzip reads several members and
// passes over what is behind, so the member's end is found here.

import { gunzipSync, gzipSync, inflateRawSync } from "node:zlib";
import { Refused, demand } from "./refused.mjs";

const TRAILER = 8; // check sum and length

/** Compress: Node sets no time and no name. */
export const deflate = (bytes) => gzipSync(bytes, { level: 9 });

/** Inflate within bounds: bytes on the wire, bytes after inflating. */
export function inflate(wire, wireMax, plainMax) {
  demand(wire.length <= wireMax, "too_large");
  demand(wire.length >= 18 && wire[0] === 0x1f && wire[1] === 0x8b && wire[2] === 8, "not_gzip");
  const start = headerEnd(wire);
  const { engine } = attempt(() => inflateRawSync(wire.subarray(start), { info: true, maxOutputLength: plainMax }));
  demand(start + engine.bytesWritten + TRAILER === wire.length, "not_gzip", "something stands behind the member");
  return attempt(() => gunzipSync(wire)); // once more: this one compares check sum and length
}

/** Find where the header ends: after its optional extra field, name, comment and check sum (RFC 1952). */
function headerEnd(wire) {
  const flags = wire[3];
  let at = 10;
  if (flags & 4) at += 2 + wire.readUInt16LE(at);
  for (const flag of [8, 16]) if (flags & flag) at = wire.indexOf(0, at) + 1 || wire.length;
  return Math.min(flags & 2 ? at + 2 : at, wire.length);
}

function attempt(action) {
  try {
    return action();
  } catch (error) {
    throw new Refused(error.code === "ERR_BUFFER_TOO_LARGE" ? "too_large" : "not_gzip", error.message);
  }
}

// Bundle files as frames (§16.1–§16.3): read to the end before anything in them counts.

import { ascii, bigEndian, equal, join, sha256 } from "./bytes.mjs";
import { demand } from "./refused.mjs";

const FIRST = ascii("redvest/1 bundle\n");
const BODY_MAX = { H: 65_536, W: 16_432, D: 1_048_624, B: 524_336, E: 64, R: 1_048_576, P: 1_048_624, Z: 32 };
// What stands in a part, in this order, at most how many of each; and the length of its E.
const INSIDE = { H: { W: 1, D: 1_000, B: 1_000 }, R: { P: 4_096 } };
const END_LENGTH = { H: 64, R: 0 };
const [PARTS_MAX, BUNDLE_MAX, FILE_MAX] = [128, 16_777_216, 2_147_483_648];

export const frame = (kind, body) => join(ascii(kind), bigEndian(body.length, 4), body);

/** Write a file of parts, each a list of [kind, body]. */
export function writeFile(parts) {
  const all = join(FIRST, ...parts.flat().map(([kind, body]) => frame(kind, body)));
  return join(all, frame("Z", sha256(all)));
}

/** Read a file: its parts, each a list of frames with kind, body and their own bytes. */
export function readFile(file) {
  demand(file.length > 0, "not_a_bundle");
  demand(equal(file.subarray(0, FIRST.length), FIRST.subarray(0, file.length)), "not_a_bundle");
  demand(file.length >= FIRST.length, "truncated");
  demand(file.length <= FILE_MAX, "too_large");
  const frames = readFrames(file);
  demand(frames.length > 0, "not_a_bundle");
  return intoParts(frames);
}

function readFrames(file) {
  const frames = [];
  for (let at = FIRST.length; ; ) {
    demand(at < file.length, "truncated");
    const kind = String.fromCharCode(file[at]);
    demand(Object.hasOwn(BODY_MAX, kind), "altered");
    demand(at + 5 <= file.length, "truncated");
    const end = at + 5 + file.readUInt32BE(at + 1);
    demand(end - at - 5 <= BODY_MAX[kind], "altered");
    demand(end <= file.length, "truncated");
    const body = file.subarray(at + 5, end);
    if (kind === "Z") {
      demand(equal(body, sha256(file.subarray(0, at))) && end === file.length, "altered");
      return frames;
    }
    frames.push({ kind, body, bytes: file.subarray(at, end) });
    at = end;
  }
}

function intoParts(frames) {
  const parts = [];
  let part = null;
  for (const found of frames) {
    if (part === null) {
      demand(Object.hasOwn(INSIDE, found.kind), "malformed");
      part = [];
    }
    part.push(found);
    demandPlace(part, found);
    if (found.kind === "E") {
      parts.push(part);
      part = null;
      demand(parts.length <= PARTS_MAX, "too_large");
    }
  }
  demand(part === null, "malformed");
  return parts;
}

/** Check that the last frame of a part may stand there (§16.2). */
function demandPlace(part, { kind, body }) {
  const [first, before] = [part[0].kind, part.at(-2)?.kind];
  if (part.length === 1) return;
  if (kind === "E") {
    demand(body.length === END_LENGTH[first], "malformed");
  } else {
    const order = Object.keys(INSIDE[first]);
    demand(order.includes(kind) && order.indexOf(kind) >= order.indexOf(before), "malformed");
    demand(part.filter((frame) => frame.kind === kind).length <= INSIDE[first][kind], "malformed");
  }
  const size = part.reduce((sum, { bytes }) => sum + bytes.length, 0);
  demand(first === "R" || size <= BUNDLE_MAX, "too_large");
}

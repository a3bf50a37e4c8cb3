// Corrected time of an entry whose boot has an anchor (§7.2). The rest of §7 is the centre's.

const DRIFT_PER_MILLION = 100;

/** Give corrected time and its uncertainty in ms; entries and anchors have seq, boot (hex) and their clocks. */
export function correct(entry, anchors) {
  const own = anchors.filter((anchor) => anchor.boot === entry.boot);
  const before = own.filter((anchor) => anchor.seq <= entry.seq).at(-1);
  const behind = own.find((anchor) => anchor.seq > entry.seq);
  if (before?.seq === entry.seq) return from(before, entry);
  const [one, other] = [before, behind].filter(Boolean);
  return from(other && distance(other, entry) < distance(one, entry) ? other : one, entry);
}

const middle = (anchor) => Math.floor((anchor.before_ms + anchor.after_ms) / 2);
const distance = (anchor, entry) => Math.abs(entry.mono_ms - middle(anchor));

function from(anchor, entry) {
  const half = Math.ceil((anchor.after_ms - anchor.before_ms) / 2);
  const drift = Math.ceil((distance(anchor, entry) * DRIFT_PER_MILLION) / 1_000_000);
  return { corrected_ms: anchor.server_ms + entry.mono_ms - middle(anchor), within_ms: half + drift };
}

// Times as people write them, on a day at the site.

const ZONE = "+08:00";
const DAY_MS = 24 * 3_600_000;

// "8:30", "0830", "830", "8：30" on a day like 2026-11-22, as Unix milliseconds; NaN for anything else.
export function timeOn(day, text) {
  const found = /^(\d{1,2})[:：.]?(\d{2})$/.exec(text.trim());
  if (!found || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return NaN;
  const [hours, minutes] = [Number(found[1]), Number(found[2])];
  if (hours > 23 || minutes > 59) return NaN;
  return Date.parse(`${day}T${found[1].padStart(2, "0")}:${found[2]}:00${ZONE}`);
}

// The end of a stay that began then: on the next day where it would be before its begin.
export const endAfter = (beginMs, endMs) => (endMs <= beginMs ? endMs + DAY_MS : endMs);

// The last moment that this time of day was, up to now.
export const lastBefore = (nowMs, atMs) => (atMs > nowMs ? atMs - DAY_MS : atMs);

// What a kiosk knows of the centre: rows, one cursor for each channel, parts of a snapshot beside them (§11.9–§11.12).

import { hex } from "./bytes.mjs";

const KINDS = { all: ["badge_key", "revoked", "known"], site: ["site", "post"], central: ["deposit"] };
const sortOf = (channel) => channel.split(":")[0];

export class View {
  constructor() {
    this.rows = new Map(Object.values(KINDS).flat().map((kind) => [kind, new Map()]));
    this.cursors = new Map(); // channel → { epoch, number, server_ms }
    this.staged = new Map(); // channel → { epoch, number, parts, pages: part → groups }
    this.place = null; // { epoch, site, post, server_ms }
    this.channels = []; // which ones this kiosk follows
  }

  cursor(channel) {
    return this.cursors.get(channel) ?? { epoch: "", number: 0, server_ms: 0 };
  }

  /** Give the cursor as one text (§11.12). */
  text() {
    return [...this.cursors].map(([channel, { epoch, number }]) => `${channel} ${epoch} ${number}`).join(";");
  }

  /** Follow the channels of the place (§11.6): all, central, and the site's own. */
  takePlace(place) {
    this.place = place;
    this.channels = ["all", "central", `site:${place.site}`];
    const gone = [...this.cursors.keys()].filter((channel) => !this.channels.includes(channel));
    for (const channel of gone) this.cursors.delete(channel);
  }

  /** Give the fields `staged` and `part` of a pull: which snapshot is being gathered, and the part needed next. */
  wanted(channel) {
    const staged = this.staged.get(channel);
    if (!staged) return { staged: 0, part: 1 };
    let part = 1;
    while (staged.pages.has(part)) part += 1;
    return { staged: staged.number, part };
  }

  /** Take a page in (§11.10); `epoch` is the one that `time` proved in this conversation, null on another route.
   *  Tell whether it changed anything. */
  takePage({ name, fields, groups }, epoch = null) {
    if (!this.channels.includes(fields.channel) || (epoch !== null && fields.epoch !== epoch)) return false;
    const cursor = this.cursor(fields.channel);
    if (name === "changes") return this.#takeChanges(cursor, fields, groups);
    if (name !== "snapshot" || !isNewer(cursor, fields, epoch)) return false;
    return this.#takePart(fields, groups);
  }

  #takeChanges(cursor, { channel, epoch, after, number, server_ms }, groups) {
    if (epoch !== cursor.epoch || after > cursor.number || number <= cursor.number) return false;
    this.#apply(groups);
    this.cursors.set(channel, { epoch, number, server_ms });
    return true;
  }

  #takePart({ channel, epoch, number, part, parts, server_ms }, groups) {
    const known = this.staged.get(channel);
    const goesOn = known && known.epoch === epoch && known.number === number && known.parts === parts;
    const staged = goesOn ? known : { epoch, number, parts, pages: new Map() };
    if (staged.pages.has(part)) return false;
    this.staged.set(channel, staged);
    staged.pages.set(part, groups);
    if (staged.pages.size < parts) return true;
    for (const kind of KINDS[sortOf(channel)]) this.rows.get(kind).clear();
    for (const page of staged.pages.values()) this.#apply(page);
    this.cursors.set(channel, { epoch, number, server_ms });
    this.staged.delete(channel);
    return true;
  }

  #apply(groups) {
    for (const { kind, rows, left } of groups.filter(({ kind }) => this.rows.has(kind))) {
      for (const [key, ...fields] of rows) this.rows.get(kind).set(key, fields);
      for (const key of left) this.rows.get(kind).delete(key);
    }
  }

  /** Give the keys that verify badges, by key id. */
  badgeKeys() {
    return new Map([...this.rows.get("badge_key")].map(([id, [key]]) => [id, key]));
  }

  /** Tell whether a badge was revoked (§8.7). */
  isRevoked(who, serial) {
    return serial <= (this.rows.get("revoked").get(who)?.[0] ?? -1);
  }

  /** Give the view as plain values, to compare it with another. */
  plain() {
    const shown = (value) => (typeof value === "object" ? hex(value) : value);
    return Object.fromEntries([...this.rows].map(([kind, rows]) => [kind, [...rows].map((row) => row.flat().map(shown)).sort()]));
  }
}

/** Tell whether a part of a snapshot is ahead of the cursor (§11.10). */
function isNewer(cursor, { epoch, number, server_ms }, proved) {
  if (cursor.epoch === "") return true;
  if (epoch === cursor.epoch) return number > cursor.number;
  return epoch === proved || (proved === null && server_ms > cursor.server_ms);
}

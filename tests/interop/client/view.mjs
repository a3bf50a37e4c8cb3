// What a kiosk knows of the centre: rows, one cursor for each channel, parts of a snapshot beside them (§11.9–§11.12).

import { hex, isBytes } from "./bytes.mjs";
import { bytes, count, integer, message, number, textOf } from "./fields.mjs";
import { isText } from "./msgpack.mjs";
import { demand } from "./refused.mjs";

// The kinds of rows: their sort of channel, their key, the fields behind it (§11.9).
const ROWS = {
  badge_key: { sort: "all", key: /^[0-9a-f]{8}$/, fields: [bytes(32)] },
  revoked: { sort: "all", key: number, fields: [integer(0, 65_535)] },
  known: { sort: "all", key: number, fields: [] },
  site: { sort: "site", key: number, fields: [isText] },
  post: { sort: "site", key: number, fields: [isText] },
  message: { sort: "site", key: /^[0-9a-f]{16}$/, fields: [message, count] },
  name_key: { sort: "site", key: /^[0-9a-f]{64}$/, fields: [bytes(1, 1_024), bytes(1, 1_024)] },
  person: { sort: "site", key: number, fields: [bytes(1, 1_024)] },
  need: { sort: "site", key: number, fields: [textOf(2_000)] },
  fit: { sort: "site", key: number, fields: [textOf(2_000)] },
  deposit: { sort: "central", key: /^[a-z2-7]{32}\/[0-9]{16}\/[0-9a-f]{16}$/, fields: [isText, bytes(64), isBytes] },
};
const sortOf = (channel) => channel.split(":")[0];
const kindsOf = (channel) => Object.keys(ROWS).filter((kind) => ROWS[kind].sort === sortOf(channel));
const isKey = ({ key }, text) => (key instanceof RegExp ? key.test(text) : key(text));

/** Pass over kinds and last fields that are not known; refuse a page with a row that is not as its kind says (§11.9). */
function understood(channel, groups) {
  const known = groups.filter(({ kind }) => Object.hasOwn(ROWS, kind));
  return known.map(({ kind, rows, left }) => {
    const row = ROWS[kind];
    const fits = ([key, ...values]) => isKey(row, key) && row.fields.every((is, place) => is(values[place]));
    demand(row.sort === sortOf(channel) && rows.every(fits) && left.every((key) => isKey(row, key)), "bad_field", kind);
    return { kind, left, rows: rows.map((fields) => fields.slice(0, 1 + row.fields.length)) };
  });
}

export class View {
  constructor() {
    this.rows = new Map(Object.keys(ROWS).map((kind) => [kind, new Map()]));
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
  wanted(channel, epoch) {
    const staged = this.staged.get(channel);
    if (staged?.epoch !== epoch) return { staged: 0, part: 1 };
    let part = 1;
    while (staged.pages.has(part)) part += 1;
    return { staged: staged.number, part };
  }

  /** Take a page in (§11.10); `epoch` is the one that `time` proved in this conversation, null on another route.
   *  Tell whether it changed anything. */
  takePage({ name, fields, groups }, epoch = null) {
    if (!this.channels.includes(fields.channel) || (epoch !== null && fields.epoch !== epoch)) return false;
    const cursor = this.cursor(fields.channel);
    const known = understood(fields.channel, groups);
    if (name === "changes") return this.#takeChanges(cursor, fields, known);
    if (name !== "snapshot" || !isNewer(cursor, fields, epoch)) return false;
    return this.#takePart(fields, known);
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
    for (const kind of kindsOf(channel)) this.rows.get(kind).clear();
    for (const page of staged.pages.values()) this.#apply(page);
    this.cursors.set(channel, { epoch, number, server_ms });
    this.staged.delete(channel);
    return true;
  }

  #apply(groups) {
    for (const { kind, rows, left } of groups) {
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

// A log of one's own: its key, entries, chain and receipts (§3, §6). It only grows (§3.5).
// This one lives in memory. A real kiosk has each entry on disk, synced, before it confirms a scan.

import { randomBytes } from "node:crypto";
import * as batch from "./batch.mjs";
import { equal } from "./bytes.mjs";
import { after, genesis, logId } from "./chain.mjs";
import { publicOf } from "./keys.mjs";
import { demand } from "./refused.mjs";
import * as slip from "./slip.mjs";
import { read, signed } from "./statements.mjs";

export class Log {
  constructor(seed = randomBytes(32)) {
    this.seed = seed;
    this.key = publicOf("ed25519", seed);
    this.id = logId(this.key);
    this.entries = []; // entry n at place n − 1
    this.hashes = [genesis(this.key)]; // hash(n) at place n
    this.receipts = [];
    this.closed = false;
  }

  get head() {
    return this.entries.length;
  }

  append(entry) {
    if (this.closed) throw new Error("a log once closed is never gone on with (§12.2)");
    this.entries.push(entry);
    this.hashes.push(after(this.hashes.at(-1), entry));
    return this.head;
  }

  /** Sign a statement that begins with this log. */
  sign(name, fields) {
    return signed(this.seed, name, { log: this.id, ...fields });
  }

  /** Give entries first … last as a batch. */
  batch(first, last) {
    const entries = this.entries.slice(first - 1, last);
    return batch.write({ seed: this.seed, key: this.key, first, previous: this.hashes[first - 1], entries });
  }

  /** Give these runs as batches, each as full as it may be. */
  batches(runs) {
    return runs.flatMap(([first, last]) => {
      const made = [];
      for (let next = first; next <= last; ) {
        const taken = batch.fits(this.entries.slice(next - 1, last));
        made.push({ first: next, last: next + taken - 1, wire: this.batch(next, next + taken - 1) });
        next += taken;
      }
      return made;
    });
  }

  slip(seq) {
    const made = { seed: this.seed, key: this.key, seq, previous: this.hashes[seq - 1], entry: this.entries[seq - 1] };
    return slip.write(made);
  }

  /** Keep a receipt if it is the server's word about this very branch (§6.2); give what it says. */
  keep({ statement, signature }, serverKey, covers = null) {
    const said = read(serverKey, "receipt", statement, Buffer.from(signature, "hex"));
    demand(said.log === this.id && said.first >= 1 && said.first <= said.last, "malformed", "another log's");
    demand(covers === null || (said.first <= covers.first && said.last >= covers.last), "malformed", "too short");
    demand(this.holds(said.last, said.hash), "diverged");
    this.receipts.push({ said, signed: { statement, signature } });
    return said;
  }

  /** Tell whether an entry of this branch has this seq and hash. */
  holds(seq, hash) {
    return seq <= this.head && equal(this.hashes[seq], hash);
  }

  /** Give the runs of entries that no receipt of this epoch covers, or that `ranges` leave out (§12.4). */
  pending(epoch, ranges = [{ first: 1, last: this.head }]) {
    const proved = this.receipts.map(({ said }) => said).filter((said) => said.epoch === epoch);
    const within = (runs, seq) => runs.some(({ first, last }) => first <= seq && seq <= last);
    const runs = [];
    for (let seq = 1; seq <= this.head; seq += 1) {
      if (within(proved, seq) && within(ranges, seq)) continue;
      if (runs.at(-1)?.[1] === seq - 1) runs.at(-1)[1] = seq;
      else runs.push([seq, seq]);
    }
    return runs;
  }
}

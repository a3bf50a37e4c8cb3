// The client agrees with every vector of docs/vectors (§18), the refused ones included.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as badge from "./client/badge.mjs";
import * as batch from "./client/batch.mjs";
import * as bundle from "./client/bundle.mjs";
import { hex, isBytes, unhex } from "./client/bytes.mjs";
import * as chain from "./client/chain.mjs";
import * as enrolment from "./client/enrolment.mjs";
import * as entries from "./client/entries.mjs";
import { isSignedBy, publicOf, signWith } from "./client/keys.mjs";
import { encode } from "./client/msgpack.mjs";
import * as names from "./client/names.mjs";
import * as parcel from "./client/parcel.mjs";
import { codeOf } from "./client/refused.mjs";
import * as sealing from "./client/seal.mjs";
import * as slip from "./client/slip.mjs";
import * as statements from "./client/statements.mjs";
import { correct } from "./client/time.mjs";

const load = (name) => JSON.parse(readFileSync(new URL(`../../docs/vectors/${name}.json`, import.meta.url), "utf8"));

/** Turn {hex: …} of a file into bytes. */
const plain = (value) =>
  Array.isArray(value) ? value.map(plain) : value?.hex === undefined ? value : unhex(value.hex);

const flat = (value) => (Array.isArray(value) ? value.map(flat) : isBytes(value) ? { hex: hex(value) } : value);

/** Check that each row is refused with its code, and that there were rows. */
function refuses(rows, read) {
  assert.ok(rows.length > 0);
  rows.forEach((row, place) => assert.equal(codeOf(() => read(row)), row.code, `refused ${place}: ${row.why ?? ""}`));
}

test("entries are written and read", () => {
  const found = load("entries");
  for (const row of found.entries) {
    const read = entries.read(unhex(row.bytes));
    assert.deepEqual(flat(Object.values(read)), row.fields);
    const { kind, boot, mono_ms, lead_ms, ...fields } = read;
    assert.equal(hex(entries.write(kind, { boot, mono_ms, lead_ms }, fields)), row.bytes);
    assert.equal(hex(encode(plain(row.fields))), row.bytes);
  }
  assert.equal(hex(chain.bootOf(found.boot.id_text)), found.boot.boot);
});

test("fields behind those known are passed over, and missing last ones have their default", () => {
  const found = load("entries");
  for (const row of found.with_later_fields) {
    assert.deepEqual(flat(Object.values(entries.read(unhex(row.bytes)))), found.entries[row.understood_as].fields);
  }
});

test("strange entries are strange for the same reason", () => {
  refuses(load("entries").strange, (row) => entries.read(unhex(row.bytes)));
});

test("a log's id, genesis and hashes follow from its key and entries", () => {
  const found = load("chain");
  const key = publicOf("ed25519", unhex(found.private_key));
  assert.equal(hex(key), found.public_key);
  assert.equal(chain.logId(key), found.log);
  assert.equal(hex(chain.genesis(key)), found.genesis);
  let hash = chain.genesis(key);
  found.entries.forEach((entry, place) => {
    hash = chain.after(hash, unhex(entry));
    assert.equal(hex(hash), found.hashes[place]);
  });
});

test("statements are read, and written again to the same text", () => {
  for (const row of load("statements").statements) {
    const read = statements.read(unhex(row.public_key), row.name, row.statement_text, unhex(row.signature));
    assert.equal(statements.write(row.name, read), row.statement_text);
    assert.ok(!isSignedBy(unhex(row.public_key), Buffer.from(`${row.statement_text} `), unhex(row.signature)));
  }
});

test("batches are read, and refused ones refused with their code", () => {
  const found = load("batches");
  for (const row of found.batches) {
    const { log, first, last, head } = batch.read(unhex(row.wire));
    assert.deepEqual([log, first, last, hex(head)], [row.log, row.first, row.last, row.head]);
  }
  refuses(found.refused, (row) => batch.read(unhex(row.wire)));
});

test("badges are verified, and refused ones refused with their code", () => {
  const found = load("badges");
  const keys = new Map(Object.entries(found.keys).map(([id, key]) => [id, unhex(key)]));
  for (const [id, key] of keys) assert.equal(hex(badge.keyId(key)), id);
  for (const row of found.badges) {
    const { who, serial, issued_s, expires_s } = badge.verify(row.badge_text, keys);
    assert.deepEqual([who, serial, issued_s, expires_s], [row.number, row.serial, row.issued_s, row.expires_s]);
  }
  refuses(found.refused, (row) => badge.verify(row.badge_text, keys));
});

test("an enrolment code is read however it was typed", () => {
  const found = load("enrolment");
  for (const text of [found.code_text, found.typed_text]) {
    const code = enrolment.read(text);
    assert.deepEqual([code.id, code.secret, code.fingerprint].map(hex), [found.id, found.secret, found.fingerprint]);
    assert.ok(enrolment.names(code, unhex(found.server_key)));
    assert.equal(hex(enrolment.secretHash(code.secret)), found.secret_hash);
  }
  refuses(found.refused, (row) => enrolment.read(row.code_text));
});

test("what was sealed is opened, and sealed again", () => {
  const found = load("seal");
  const seed = unhex(found.private_key);
  const key = publicOf("x25519", seed);
  assert.equal(hex(key), found.public_key);
  assert.equal(sealing.open(seed, found.info_text, unhex(found.sealed)).toString(), found.plain_text);
  const again = sealing.seal(key, found.info_text, Buffer.from(found.plain_text));
  assert.equal(again.length, Buffer.byteLength(found.plain_text) + 48);
  assert.equal(sealing.open(seed, found.info_text, again).toString(), found.plain_text);
  assert.notEqual(codeOf(() => sealing.open(seed, "redvest-walk-in-1", again)), null);
});

test("time is corrected by anchors", () => {
  const found = load("time");
  for (const { corrected_ms, within_ms, ...entry } of found.entries) {
    assert.deepEqual(correct(entry, found.anchors), { corrected_ms, within_ms });
  }
});

test("parcels are read, and refused ones refused with their code", () => {
  const found = load("parcels");
  const key = unhex(found.server_key);
  for (const row of found.parcels) {
    const read = parcel.read(unhex(row.wire), key);
    const fields = Object.entries(read.fields).map(([name, value]) => [name, isBytes(value) ? hex(value) : String(value)]);
    assert.deepEqual([read.name, Object.fromEntries(fields)], [row.name, row.fields]);
    assert.deepEqual(flat(read.groups.map(({ kind, rows, left }) => [kind, rows, left])), row.groups);
  }
  refuses(found.refused, (row) => parcel.read(unhex(row.wire), key));
});

test("a bundle is read and opened, and so is a reply; refused ones are refused with their code", () => {
  const found = load("bundles");
  const [made] = bundle.read(unhex(found.file));
  assert.deepEqual([made.log, hex(made.server), made.view, made.runs], [found.log, found.server, found.view_text, found.runs]);
  assert.deepEqual(bundle.openAll(made, unhex(found.seal_private_key)).batches.map(hex), found.batches);
  const [reply] = bundle.read(unhex(found.reply_file));
  assert.deepEqual(reply.receipts.map(([statement]) => statement), found.receipts_text);
  assert.deepEqual(reply.aside, found.aside);
  assert.deepEqual(bundle.openPages(reply, unhex(found.reply_private_key)).map(hex), found.pages);
  refuses(found.refused, (row) => bundle.read(unhex(row.file)));
});

test("a bundle that is written here is read and opened", () => {
  const found = load("bundles");
  const [seed, seal] = [unhex(load("chain").private_key), unhex(found.seal_private_key)];
  const batches = found.batches.map(unhex);
  const serverKey = unhex(load("enrolment").server_key);
  const keys = { key: publicOf("ed25519", seed), serverKey, sealKey: publicOf("x25519", seal) };
  const [read] = bundle.read(bundle.write({ seed, ...keys, view: found.view_text, batches }).file);
  assert.deepEqual([read.log, hex(read.server), read.view, read.runs], [found.log, found.server, found.view_text, found.runs]);
  assert.deepEqual(bundle.openAll(read, seal).batches, batches);
});

test("a bundle with words and deposits is read and opened, and refused ones are refused with their code", () => {
  const found = load("bundles_2");
  const [made] = bundle.read(unhex(found.file));
  const opened = bundle.openAll(made, unhex(found.seal_private_key));
  assert.equal(made.log, found.log);
  assert.deepEqual(opened.words.map(([text, signature]) => [text, hex(signature)]), found.words);
  assert.deepEqual([opened.deposits.map(hex), opened.batches.map(hex)], [found.deposits, found.batches]);
  refuses(found.refused, (row) => bundle.read(unhex(row.file)));
});

test("a slip is read, and written again to the same text", () => {
  const found = load("slips");
  const { log, seq, hash, entry } = slip.read(found.slip_text);
  assert.deepEqual([log, seq, hex(hash), hex(entry)], [found.log, found.seq, found.hash, found.entry]);
  assert.ok(found.link_text.endsWith(`/s#${found.slip_text}`));
  const chained = load("chain");
  const made = { seed: unhex(chained.private_key), key: unhex(chained.public_key), seq, entry };
  assert.equal(slip.write({ ...made, previous: unhex(chained.hashes[seq - 2]) }), found.slip_text);
  refuses(found.refused, (row) => slip.read(row.slip_text));
});

test("a signature of ours is the one that the vectors have", () => {
  const [row] = load("statements").statements;
  assert.equal(hex(signWith(unhex(load("chain").private_key), Buffer.from(row.statement_text))), row.signature);
});

test("names open with the key of names, and a note is proved by its code alone", () => {
  const found = load("names");
  const namesKey = unhex(found.names_key);
  const code = { id: unhex(found.code.id), secret: unhex(found.code.secret) };
  assert.equal(hex(names.privateOf(namesKey)), found.private_key);
  assert.equal(hex(publicOf("x25519", unhex(found.private_key))), found.public_key);
  assert.equal(names.announce(code, namesKey), found.note_text);
  assert.ok(names.isProved(found.note_text, code));
  assert.ok(!names.isProved(found.not_proved_text, code));
  const secret = names.openSecret(namesKey, unhex(found.sealed_secret));
  assert.equal(hex(secret), found.site_secret);
  for (const row of found.people) {
    const said = names.openPerson(secret, row.number, unhex(row.sealed));
    assert.deepEqual(said, { name: row.name_text, team: row.team_text, words: row.words_text });
  }
  for (const row of found.not_opened) assert.equal(codeOf(() => names.openPerson(secret, row.number, unhex(row.sealed))), "malformed");
});

test("texts are folded, and needs are met or lacking, as the vectors say", () => {
  const found = load("names");
  for (const row of found.folded) assert.equal(names.fold(row.typed_text), row.folded_text);
  for (const row of found.fits) {
    for (const [day, lacks] of Object.entries(row.lacking)) assert.deepEqual(names.lacking(found.needs_text, row.fits_text, day), lacks, day);
  }
});

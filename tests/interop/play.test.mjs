// A kiosk in JavaScript against the real server: the tests run in this order, on one kiosk, and each goes on from the last.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import * as batch from "./client/batch.mjs";
import { exportPending, takeReply } from "./client/carrying.mjs";
import * as enrolment from "./client/enrolment.mjs";
import * as entries from "./client/entries.mjs";
import { BUNDLE_TYPE, Doors, Problem } from "./client/doors.mjs";
import { EMPTY, ascii, hex, sha256, unhex } from "./client/bytes.mjs";
import { Kiosk, VERSION } from "./client/kiosk.mjs";
import { publicOf } from "./client/keys.mjs";
import { Log } from "./client/log.mjs";
import { encode } from "./client/msgpack.mjs";
import * as names from "./client/names.mjs";
import * as parcel from "./client/parcel.mjs";
import { pull, pullView, push, sayHello, sync } from "./client/session.mjs";
import * as statements from "./client/statements.mjs";
import { correct } from "./client/time.mjs";
import { MINUTE_MS, centre, copyHome, device, enrolmentCode, given, serve } from "./stage.mjs";

const doors = new Doors(given.url);
const SHIFT_MS = given.minutes * MINUTE_MS;
const clock = device(SHIFT_MS + 5 * MINUTE_MS); // first it is hours ago: the shift begins
const kiosk = new Kiosk(clock);
const [code, codeOfAnother, codeOfTheFar] = await Promise.all(["S1", "S1", "S2"].map(enrolmentCode));

let oldHome = "";

/** Check that a door refuses with this status and code, and whether it keeps what was sent. */
async function refused(asked, status, problem, kept = false) {
  await assert.rejects(asked, (error) => {
    assert.ok(error instanceof Problem, error.stack);
    assert.deepEqual([error.status, error.code, error.kept], [status, problem, kept]);
    return true;
  });
}

const kinds = (log) => log.entries.map((bytes) => entries.read(bytes).kind);
const last = (log) => entries.read(log.entries.at(-1));

/** Post a raw body to a door. */
async function post(door, body, type, method = "POST") {
  const answer = await fetch(`${given.url}/sync/v1/${door}`, { method, body, headers: { "Content-Type": type } });
  const problem = await answer.json();
  return [answer.status, problem.code, problem.kept];
}

/** Give the doors, and a list of the pages that come through them. */
function watching() {
  const pages = [];
  const pull = async (request) => {
    const wire = await doors.pull(request);
    pages.push(parcel.read(wire, kiosk.server.key));
    return wire;
  };
  return { pages, watched: Object.assign(Object.create(doors), { pull }) };
}

// ---- enrolling

test("a code of another server is noticed before anything is sent", async () => {
  const other = code.slice(0, -1) + (code.endsWith("A") ? "B" : "A"); // its end is the fingerprint's
  const asked = { keys: doors.keys, enrol: () => assert.fail("something was sent") };
  await assert.rejects(kiosk.enrol(asked, other), { code: "not_our_server" });
});

test("a kiosk enrols by a code, once more with the same answer, and nobody else does", async () => {
  oldHome = await copyHome(); // of a server that will not know anything of what follows, not even who was enrolled
  const reply = await kiosk.enrol(doors, code.toLowerCase().replaceAll("-", " "), "P1");
  assert.deepEqual([reply.site, reply.site_name, reply.post], ["S1", "东门卡口", "P1"]);
  assert.deepEqual(await kiosk.enrol(doors, code, "P1"), reply);
  await refused(new Kiosk(clock).enrol(doors, code, "P1"), 409, "code_used");
});

test("the first fill comes as the parts of a snapshot", async () => {
  const hello = await sayHello(kiosk, doors, kiosk.log);
  assert.deepEqual([hello.enrolled, hello.site, hello.post, hello.ranges], [true, "S1", "P1", []]);
  const { pages, watched } = watching();
  await pullView(kiosk, watched, kiosk.log, hello);
  const parts = pages.filter(({ fields }) => fields.channel === "all").map(({ fields }) => [fields.part, fields.parts]);
  assert.deepEqual(parts, [[1, 2], [2, 2]]);
  const { known, site, badge_key } = Object.fromEntries(kiosk.view.rows);
  assert.equal(known.size, given.people);
  assert.deepEqual([...site], [["S1", ["东门卡口"]]]);
  assert.equal(badge_key.size, 1);
  assert.deepEqual(kiosk.view.place.post, "P1");
});

// ---- recording without network

test("badges verify offline, and whatever else is held before the camera is recorded", () => {
  kiosk.scan(given.badges.V1, "in");
  assert.deepEqual([last(kiosk.log).state, last(kiosk.log).who, last(kiosk.log).post], ["good", "V1", "P1"]);
  kiosk.scan(given.badges.V2, "in");
  const forged = given.badges.V1.slice(0, -3) + (given.badges.V1.endsWith("000") ? "100" : "000");
  kiosk.scan(forged, "in");
  assert.deepEqual([last(kiosk.log).state, last(kiosk.log).who], ["bad_signature", ""]);
  kiosk.scan("https://example.org/健康码", "in");
  assert.deepEqual([last(kiosk.log).state, last(kiosk.log).mark.length], ["not_a_badge", 16]);
  kiosk.typed("V3", "in");
  kiosk.write("frontier", { upto: kiosk.log.head });
  clock.ago_ms -= SHIFT_MS; // and then the shift is over
  for (const text of [given.badges.V1, given.badges.V2]) kiosk.scan(text, "out");
  kiosk.typed("V3", "out");
});

// ---- pushing

test("batches count in any order, repeated, overlapping, and a gap is told until it is filled", async () => {
  const { log } = kiosk;
  for (const [from, to] of [[6, 7], [1, 2], [1, 2], [2, 3]]) {
    const { receipt } = await doors.push(log.batch(from, to));
    const said = log.keep(receipt, kiosk.server.key, { first: from, last: to });
    assert.deepEqual([said.first, said.last], [from, to]);
  }
  const { ranges } = await sayHello(kiosk, doors, log);
  assert.deepEqual(ranges.map(({ first, last }) => [first, last]), [[1, 3], [6, 7]]);
  assert.ok(ranges.every(({ last, hash }) => log.holds(last, hash)));
});

test("a conversation writes its anchor and pushes what is missing, and receipts prove it all", async () => {
  clock.ago_ms = 0; // now
  const head = kiosk.log.head;
  const [{ pushed, aside, diverged }] = await sync(kiosk, doors);
  assert.deepEqual([pushed, aside, diverged], [head - 5 + 2, [], false]);
  assert.deepEqual(kinds(kiosk.log).slice(-2), ["anchor", "frontier"]);
  assert.deepEqual(kiosk.log.pending(kiosk.time.said.epoch), []);
  const { ranges } = await sayHello(kiosk, doors, kiosk.log);
  assert.deepEqual(ranges.map(({ first, last }) => [first, last]), [[1, head + 2]]);
});

test("the anchor says when the shift began, though the wall clock is two days wrong", () => {
  const read = kiosk.log.entries.map((bytes, place) => ({ ...entries.read(bytes), seq: place + 1 }));
  const plain = read.map((entry) => ({ ...entry, boot: hex(entry.boot) }));
  const { corrected_ms, within_ms } = correct(plain[1], plain.filter(({ kind }) => kind === "anchor"));
  const truth = Date.now() - SHIFT_MS - 5 * MINUTE_MS;
  assert.ok(Math.abs(corrected_ms - truth) < 60_000, `${corrected_ms - truth}`);
  assert.ok(within_ms < 5_000, `${within_ms}`);
  assert.ok(Math.abs(plain[1].mono_ms + plain[1].lead_ms - truth) > 24 * 60 * MINUTE_MS);
});

test("an entry of a kind that nobody knows is taken in like any other", async () => {
  const { boot, mono_ms, lead_ms } = clock();
  kiosk.log.append(encode(["of_later", boot, mono_ms, lead_ms, "红马甲"]));
  const [{ pushed, aside }] = await sync(kiosk, doors);
  assert.deepEqual([pushed, aside], [3, []]);
});

// ---- the view

test("a new person and a revoked badge come as changes", async () => {
  writeFileSync(`${given.folder}/one.csv`, "number,name\nNEW-1,新来的\n");
  const imported = centre("import", "volunteers", `${given.folder}/one.csv`);
  const revoked = centre("revoke", "badge", "V2", "--reason", "lost");
  for (const { status, stderr } of await Promise.all([imported, revoked])) assert.equal(status, 0, stderr);
  const before = kiosk.view.cursor("all");
  const { pages, watched } = watching();
  await sync(kiosk, watched);
  assert.deepEqual([...new Set(pages.map(({ name }) => name))], ["changes"]);
  assert.ok(kiosk.view.cursor("all").number > before.number);
  assert.ok(kiosk.view.rows.get("known").has("NEW-1"));
  assert.equal(kiosk.view.rows.get("known").size, given.people + 1);
  kiosk.scan(given.badges.V2, "in");
  assert.deepEqual([last(kiosk.log).state, last(kiosk.log).who], ["revoked", "V2"]);
});

test("an unchanged view costs nothing, and what changes made is what a fresh snapshot and changes give", async () => {
  const none = Object.assign(Object.create(doors), { pull: () => assert.fail("nothing has changed") });
  await sync(kiosk, none);
  const fresh = new Kiosk(device(0));
  await fresh.enrol(doors, codeOfAnother, "P1");
  await sync(fresh, doors);
  assert.deepEqual(fresh.view.plain().known, kiosk.view.plain().known);
  assert.deepEqual(fresh.view.plain().revoked, kiosk.view.plain().revoked);
  assert.deepEqual(fresh.view.plain().post, kiosk.view.plain().post);
});

test("the names of the site's people come sealed to the key that the kiosk announces, and what they have for its posts", async () => {
  const namesKey = sha256(ascii("the key of names of this kiosk's leads"));
  const text = names.announce(enrolment.read(code), namesKey);
  kiosk.write("note", { topic: "names_key", who: "", about: EMPTY, text, by: "" });
  writeFileSync(`${given.folder}/needs.csv`, "code,site,name,needs\nP9,S1,协助,保险\n");
  writeFileSync(`${given.folder}/insured.csv`, "volunteer,policy,from,to\nNEW-1,PA-1,2020-01-01,\n");
  for (const [kind, file] of [["posts", "needs"], ["insurances", "insured"]]) {
    const { status, stderr } = await centre("import", kind, `${given.folder}/${file}.csv`);
    assert.equal(status, 0, stderr);
  }
  await sync(kiosk, doors); // delivers the key
  await sync(kiosk, doors);
  const rows = Object.fromEntries(kiosk.view.rows);
  const [, sealed] = rows.name_key.get(hex(publicOf("x25519", names.privateOf(namesKey))));
  const secret = names.openSecret(namesKey, sealed);
  const said = names.openPerson(secret, "NEW-1", rows.person.get("NEW-1")[0]);
  assert.deepEqual(said, { name: "新来的", team: "", words: "新来的 xinlaide xld" });
  const [needs] = rows.need.get("P9");
  assert.deepEqual(names.lacking(needs, rows.fit.get("NEW-1")[0], "2030-01-01"), []);
  assert.deepEqual(names.lacking(needs, rows.fit.get("V1")[0], "2030-01-01"), ["insurance"]);
});

// ---- bundles and slips

test("a bundle delivers what is pending, and its reply brings receipts and the view", async () => {
  writeFileSync(`${given.folder}/two.csv`, "number,name\nNEW-2,又来的\n");
  assert.equal((await centre("import", "volunteers", `${given.folder}/two.csv`)).status, 0);
  kiosk.typed("V4", "in");
  const { epoch } = kiosk.time.said;
  const pending = kiosk.log.pending(epoch);
  assert.ok(pending.length > 0);
  const { file, reply } = exportPending(kiosk);
  assert.deepEqual(kiosk.log.pending(epoch), pending, "exported is not delivered");
  const answer = await doors.bundle(file);
  const taken = takeReply(kiosk, answer, reply);
  assert.ok(taken.receipts.length > 0 && taken.pages.length > 0);
  assert.deepEqual([taken.aside, kiosk.log.pending(epoch)], [[], []]);
  assert.ok(kiosk.view.rows.get("known").has("NEW-2"));
  const again = takeReply(kiosk, await doors.bundle(file), reply);
  assert.equal(again.receipts.at(-1).last, kiosk.log.head);
});

test("a bundle that was altered, cut short or meant for another server is refused whole", async () => {
  kiosk.typed("V4", "out");
  const { file } = exportPending(kiosk);
  const altered = Buffer.from(file);
  altered[altered.length - 60] ^= 1;
  await refused(doors.bundle(altered), 400, "altered");
  await refused(doors.bundle(file.subarray(0, -1)), 400, "truncated");
  const theirs = Object.assign(Object.create(kiosk), { server: { key: new Log().key, seal: kiosk.server.seal } });
  await refused(doors.bundle(exportPending(theirs).file), 400, "not_our_server");
});

test("a slip brings one entry ahead of its chain, once, and the kiosk goes on counting it as pending", async () => {
  const { log } = kiosk;
  kiosk.typed("V5", "in");
  const slip = log.slip(log.head);
  for (const fresh of [1, 0]) {
    const reply = await doors.slip({ slip });
    assert.equal(reply.fresh, fresh);
    const said = statements.read(kiosk.server.key, "receipt", reply.receipt.statement, unhex(reply.receipt.signature));
    assert.deepEqual([said.log, said.first, said.last], [log.id, log.head, log.head]);
    assert.ok(log.holds(said.last, said.hash));
  }
  assert.equal(log.pending(kiosk.time.said.epoch).at(-1)[1], log.head);
  const { ranges } = await sayHello(kiosk, doors, log);
  assert.deepEqual(ranges.at(-1).last, log.head);
  const flipped = Buffer.from(slip, "base64url");
  flipped[flipped.length - 1] ^= 1;
  await refused(doors.slip({ slip: flipped.toString("base64url") }), 403, "bad_signature");
  await refused(doors.slip({ slip: `${slip}=` }), 400, "bad_base64");
});

// ---- refusals

test("a batch that fails a check is set aside with its code, and stops no other", async () => {
  const { log } = kiosk;
  await refused(doors.push(Buffer.from("<html>")), 422, "not_gzip", true);
  const run = { seed: log.seed, key: log.key, first: 1, previous: log.hashes[0], entries: log.entries.slice(0, 2) };
  const wrong = [
    [{ entries: [] }, "malformed"],
    [{ previous: log.hashes[1] }, "bad_sequence"],
    [{ seed: new Log().seed }, "bad_signature"],
  ];
  for (const [change, code] of wrong) await refused(doors.push(batch.write({ ...run, ...change })), 422, code, true);
  const whole = { first: 1, last: 1, wire: log.batch(1, 1) };
  const cut = { batches: () => [{ ...whole, wire: whole.wire.subarray(1) }, whole] };
  const { pushed, aside } = await push(kiosk, doors, { ...cut, keep: (...words) => log.keep(...words) }, []);
  assert.deepEqual([pushed, aside], [1, [{ first: 1, last: 1, code: "not_gzip" }]]);
});

test("the doors refuse with the codes of the document", async () => {
  const json = "application/json";
  const { log } = kiosk;
  const hello = await sayHello(kiosk, doors, log);
  const wish = log.sign("hello", { seq: 0, hash: log.hashes[0], nonce: Buffer.alloc(16) });
  const request = { key: hex(log.key), ...wish, version: VERSION };
  const stranger = { ...request, key: hex(new Log().key) };
  assert.deepEqual(await post("hello", JSON.stringify(stranger), json), [403, "bad_signature", false]);
  assert.deepEqual(await post("hello", JSON.stringify({ ...request, more: 1 }), json), [400, "malformed", false]);
  assert.deepEqual(await post("hello", `{"key":"", ${JSON.stringify(request).slice(1)}`, json), [400, "malformed", false]);
  assert.deepEqual(await post("hello", " ".repeat(16_385), json), [413, "too_large", false]);
  assert.deepEqual(await post("push", kiosk.log.batch(1, 1), json), [415, "unsupported_media", false]);
  assert.deepEqual(await post("push", undefined, json, "PUT"), [405, "method_not_allowed", false]);
  assert.deepEqual(await post("nowhere", "{}", json), [404, "not_found", false]);
  assert.deepEqual(await post("bundle", "", BUNDLE_TYPE), [400, "not_a_bundle", false]);
  await refused(pull(kiosk, doors, log, hello, "site:S2"), 404, "not_found");
  await refused(pull(kiosk, doors, log, { time: { ...hello.time, server_ms: 1 } }, "all"), 403, "stale_proof");
  await refused(new Kiosk(clock).enrol(doors, wrongSecret(code)), 403, "bad_code");
});

/** Change the id of a code, so that nobody made it. */
const wrongSecret = (text) => (text[0] === "A" ? "B" : "A") + text.slice(1);

test("a log that nobody enrolled is answered, kept and has no view", async () => {
  const stranger = new Kiosk(clock);
  stranger.server = kiosk.server;
  const [{ hello, pushed }] = await sync(stranger, doors);
  assert.deepEqual([hello.enrolled, hello.site, hello.place, hello.channels], [false, null, null, []]);
  assert.equal(pushed, 3);
  await refused(pull(stranger, doors, stranger.log, hello, "all"), 403, "not_enrolled");
});

// ---- a copy of a kiosk

test("a copied kiosk is noticed, goes on in a new log, and a person confirms it", async () => {
  const one = new Kiosk(device(0));
  await one.enrol(doors, codeOfTheFar);
  await sync(one, doors);
  const copy = Object.assign(Object.create(Kiosk.prototype), one, { logs: [new Log(one.log.seed)] });
  for (const entry of one.log.entries) copy.log.append(entry);
  one.typed("V6", "in");
  copy.typed("V7", "in");
  assert.equal((await sync(one, doors))[0].diverged, false);
  const [old, young] = await sync(copy, doors);
  assert.deepEqual([old.diverged, old.aside, young.diverged, young.hello.enrolled], [true, [], false, false]);
  assert.deepEqual(kinds(copy.log).slice(0, 2), ["boot", "succeed"]);
  assert.deepEqual([young.hello.site, copy.view.place.site], [null, "S2"]); // its entry 2 had not come yet (§12.8)
  const [again] = await sync(copy, doors);
  assert.deepEqual([again.hello.enrolled, again.hello.site], [false, "S2"]);
  assert.deepEqual(copy.logs[0].pending(copy.time.said.epoch), []);
  assert.equal((await centre("confirm", copy.log.id)).status, 0);
  const { enrolled } = await sayHello(copy, doors, copy.log);
  assert.equal(enrolled, true);
});

// ---- what it comes to

test("the server's hours are those that this kiosk recorded, and it verifies", async () => {
  await sync(kiosk, doors);
  const [hours, verified] = await Promise.all([centre("hours"), centre("verify")]);
  assert.equal(hours.status, 0, hours.stderr);
  const rows = new Map(hours.data.map((row) => [row.volunteer, row]));
  const minutes = (who) => rows.get(who).minutes_credited + rows.get(who).minutes_held;
  for (const who of ["V1", "V2"]) assert.equal(minutes(who), given.minutes, who);
  assert.equal(rows.get("V1").minutes_credited, given.minutes);
  assert.equal(verified.status, 0, JSON.stringify(verified.data) + verified.stderr);
});

// ---- a server that has forgotten

test("a server put back to an old copy notices it, and this kiosk refills it, the centre's own entries included", async (t) => {
  const restored = await serve(oldHome);
  t.after(restored.end);
  const before = kiosk.time.said.epoch;
  await sync(kiosk, doors);
  const itsDoors = new Doors(restored.url);
  const [{ hello, pushed, aside }] = await sync(kiosk, itsDoors);
  assert.notEqual(hello.epoch, before);
  assert.deepEqual([hello.enrolled, pushed, aside], [false, kiosk.log.head, []]);
  assert.deepEqual(kiosk.log.pending(hello.epoch), []);
  const [again] = await sync(kiosk, itsDoors); // where this log belongs came back as a deposit
  assert.deepEqual([again.hello.enrolled, again.hello.site, again.hello.epoch], [true, "S1", hello.epoch]);
  assert.ok([...kiosk.view.cursors.values()].every(({ epoch }) => epoch === hello.epoch));
  assert.equal(kiosk.view.rows.get("known").size, given.people); // rows of imports do not come back this way (§12.11)
  assert.ok(kiosk.view.isRevoked("V2", 1), "the revocation came back as a deposit");
  const [ours, theirs] = await Promise.all([centre("hours"), restored.command("hours")]);
  for (const { status, stderr } of [ours, theirs]) assert.equal(status, 0, stderr);
  const row = ({ volunteer, minutes_credited, minutes_held, records }) => [volunteer, minutes_credited, minutes_held, records];
  const recorded = (hours) => hours.data.filter(({ volunteer }) => /^V[1-5]$/.test(volunteer)).map(row);
  assert.deepEqual(recorded(theirs), recorded(ours));
});

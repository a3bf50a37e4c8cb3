// Delivering without a conversation: a bundle for a stick or a courier, and the reply that comes back (§16).

import { hex, unhex } from "./bytes.mjs";
import * as bundle from "./bundle.mjs";
import * as parcel from "./parcel.mjs";
import { demand } from "./refused.mjs";

/** Write a file with everything that no receipt of the present epoch covers (§16.9), the newest words of the server, and
 *  its deposits if their epoch has ended (§16.12, §16.13). */
export function exportPending(kiosk) {
  const { log, server, view } = kiosk;
  const epoch = kiosk.time?.said.epoch ?? "";
  const batches = log.batches(log.pending(epoch)).map(({ wire }) => wire);
  const words = kiosk.proofs(log).map(({ statement, signature }) => [statement, unhex(signature)]);
  const hasEnded = view.cursors.has("central") && view.cursor("central").epoch !== epoch;
  const deposits = hasEnded ? kiosk.deposits().map(({ wire }) => wire) : [];
  const keys = { seed: log.seed, key: log.key, serverKey: server.key, sealKey: server.seal };
  return bundle.write({ ...keys, view: view.text(), batches, words, deposits });
}

/** Take a reply file in (§16.8): receipts, then pages. Give how many of each counted, and what was set aside. */
export function takeReply(kiosk, file, seed) {
  const { log } = kiosk;
  const [reply] = bundle.read(file).filter((part) => part.kind === "reply" && part.log === log.id);
  demand(reply !== undefined, "not_a_bundle", "nothing in it for this kiosk");
  const receipts = reply.receipts.map(([statement, signature]) => keep(kiosk, log, statement, signature)).filter(Boolean);
  const parcels = bundle.openPages(reply, seed).map((wire) => parcel.read(wire, kiosk.server.key));
  const pages = parcels.filter((found) => takeParcel(kiosk.view, found));
  return { receipts, pages, parcels, aside: reply.aside };
}

/** Keep a receipt. One that is signed but for another branch shows that this log diverged (§16.8). */
function keep(kiosk, log, statement, signature) {
  try {
    return log.keep({ statement, signature: hex(signature) }, kiosk.server.key);
  } catch (error) {
    if (error.code !== "diverged") throw error;
    if (!log.closed) kiosk.succeed();
    return null;
  }
}

function takeParcel(view, { name, fields, ...rest }) {
  if (name !== "place") return view.takePage({ name, fields, ...rest });
  const isLater = fields.server_ms >= (view.place?.server_ms ?? 0); // §11.11
  if (isLater) view.takePlace(fields);
  return isLater;
}

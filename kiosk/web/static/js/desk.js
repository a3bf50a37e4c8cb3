// What is always visible: clock, place, who is on duty, delivery, and what needs an eye. Nothing here says fine while something is stuck.

import { byId, fill, icon, make, setText } from "./dom.js";
import { nowMs, onState, onTrouble, state } from "./state.js";
import { clockTime, longDate, longTime, onSpeak, say, sayError, whenText } from "./words.js";

const LISTED_MAX = 40;
const ownConcerns = new Map(); // what only the page knows: camera, sound

export function startDesk() {
  onState(show);
  onSpeak(() => state() && show(state()));
  onTrouble((code) => concern("down", code === "down"));
  setInterval(tick, 250);
}

// Says, or no longer says, something that only the page knows.
export function concern(code, isSo) {
  if (isSo === ownConcerns.has(code)) return;
  if (isSo) ownConcerns.set(code, { code, level: code === "down" ? "red" : "amber", figure: 0 });
  else ownConcerns.delete(code);
  showConcerns(state()?.concerns ?? []);
}

function show(found) {
  setText(byId("site"), found.site_name || found.site || say("title"));
  setText(byId("post"), found.post_name);
  setText(byId("start-place"), [found.site_name, found.post_name].filter(Boolean).join(" · "));
  byId("clock").classList.toggle("doubted", found.clock_doubts.length > 0);
  concern("demo", Boolean(found.demo));
  showDuty(found.duty);
  showDelivery(found);
  showConcerns(found.concerns);
  tick();
}

function tick() {
  const now = nowMs();
  if (now == null) return;
  setText(byId("clock-time"), longTime(now));
  setText(byId("clock-date"), longDate(now));
}

function showDuty({ count, people }) {
  setText(byId("duty-count"), count ? say("duty.count", { count }) : say("duty.none"));
  const shown = people.slice(0, LISTED_MAX);
  const rows = shown.map(({ who, since_ms }) => make("li", {}, make("b", {}, who), make("span", {}, say("duty.since", { time: clockTime(since_ms) }))));
  if (count > shown.length) rows.push(make("li", {}, say("duty.more", { count: count - shown.length })));
  fill(byId("duty"), ...rows);
}

function showDelivery({ sync, wall_ms }) {
  const isStuck = sync.state === "attention" && sync.pending > 0;
  const isFine = sync.state === "fine" && !sync.pending;
  const word = isStuck ? "sync.stuck" : sync.pending || !isFine ? "sync.pending" : "sync.fine";
  const kind = isStuck ? "stuck" : isFine ? "fine" : "pending";
  const running = sync.is_running ? "sync.running" : word;
  byId("delivery").dataset.kind = kind;
  byId("delivery-icon").setAttribute("href", { stuck: "#icon-warning", fine: "#icon-fine", pending: "#icon-up" }[kind]);
  setText(byId("delivery-words"), say(running, { count: sync.pending }));
  const last = sync.success_ms ? say("sync.last", { time: whenText(sync.success_ms, wall_ms) }) : say("sync.never");
  const near = sync.pending && sync.near ? say("sync.near", { count: sync.near }) : "";
  setText(byId("delivery-last"), [last, near].filter(Boolean).join(" · "));
  setText(byId("delivery-why"), sync.failures ? why(sync, wall_ms) : "");
  byId("sync").disabled = sync.is_running;
}

function why(sync, wallMs) {
  const offline = ["unreachable", "try_later"].includes(sync.problem);
  const reason = offline ? say("sync.offline") : sayError(sync.problem);
  const next = sync.next_try_ms > wallMs ? say("sync.next", { time: whenText(sync.next_try_ms, wallMs) }) : "";
  return [reason, next].filter(Boolean).join(" · ");
}

function showConcerns(found) {
  const all = [...found, ...ownConcerns.values()].sort((one, other) => (other.level === "red") - (one.level === "red"));
  const rows = all.map(({ code, level, figure }) => make("li", { "data-level": level, "data-code": code }, icon("warning"), make("span", {}, say(`concern.${code}`, { figure }))));
  fill(byId("concerns"), ...rows);
}

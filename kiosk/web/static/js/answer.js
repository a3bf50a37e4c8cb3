// The answer, full screen: colour, shape, word and sound, each for itself enough. Then back by itself; the next scan goes first.

import { post } from "./api.js";
import { settle } from "./covers.js";
import { byId, icon, make } from "./dom.js";
import { isToRead, moreParts, showSlip } from "./answer_more.js";
import { play } from "./sound.js";
import { refresh, state } from "./state.js";
import { clockTime, say, sayError } from "./words.js";

const SHOWN_MS = { in: 2_500, out: 3_500, again: 4_000, check: 6_000, undone: 2_500 };
const READ_MS = 30_000; // with a duty card or a warning; the next scan goes first all the same
const UNDO_SPARE_MS = 500; // the kiosk counts its ten seconds to the end; the button goes a little earlier
const cover = () => byId("answer");
let closing = 0;
let focused = null; // where the keyboard was before the answer came
let opened = null; // the last answer, as long as it can be undone: { answer, until }

export function showAnswer(answer) {
  opened = { answer, until: performance.now() + answer.undo_ms - UNDO_SPARE_MS };
  open(answer.kind, answerParts(answer), isToRead(answer) ? READ_MS : SHOWN_MS[answer.kind]);
  play(answer.kind);
  showLast();
}

export function showProblem(code, word = "answer.problem") {
  const parts = [make("p", { class: "hint" }, sayError(code)), buttons(button("next", close, "plain"))];
  open("problem", [heading("problem", say(word)), ...parts]);
  play("problem");
}

export function showSaving(word) {
  open("saving", [heading("up", say(word))]);
}

function open(kind, parts, shownMs = 0) {
  clearTimeout(closing);
  if (cover().hidden) focused = document.activeElement;
  cover().dataset.kind = kind;
  cover().replaceChildren(make("div", { class: "answer-body" }, ...parts));
  cover().hidden = false;
  settle();
  cover().focus({ preventScroll: true }); // the next Tab is on its first button, and Enter does nothing by chance
  if (shownMs) closing = setTimeout(close, shownMs);
}

export function close() {
  clearTimeout(closing);
  if (cover().hidden) return;
  cover().hidden = true;
  settle();
  focused?.focus?.();
}

function heading(kind, word) {
  return make("p", { class: "word", id: "answer-word" }, icon(kind), make("span", {}, word));
}

function answerParts(answer) {
  const word = answer.kind === "again" ? `answer.again.${answer.direction}` : `answer.${answer.kind}`;
  const place = state()?.post_name || state()?.site_name || "";
  return [
    heading(answer.kind, say(word)),
    make("p", { class: "who" }, answer.who || say("nobody")),
    answer.name ? make("p", { class: "called only-lead" }, [answer.name, answer.team].filter(Boolean).join(" · ")) : null,
    make("p", { class: "facts" }, ...facts(answer).map((fact) => make("span", {}, fact)), make("span", {}, place)),
    ...hints(answer).map((hint) => make("p", { class: "hint" }, hint)),
    ...moreParts(answer, close),
    buttons(...ways(answer)),
  ];
}

function facts(answer) {
  const found = [clockTime(answer.wall_ms)];
  if (answer.who) found.push(`${say(`direction.${answer.direction}`)} · ${say(answer.chosen ? "chosen" : "guessed")}`);
  if (answer.stay_ms != null) found.push(stay(answer.stay_ms));
  return found;
}

function stay(stayMs) {
  const minutes = Math.floor(stayMs / 60_000);
  const figures = { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
  return figures.hours ? say("stay", figures) : say("stay.minutes", figures);
}

function hints(answer) {
  const found = [];
  if (answer.kind === "check" && !["good", "typed"].includes(answer.state)) found.push(say(`state.${answer.state}`));
  if (answer.kind === "check" && answer.doubts.length) found.push(say("state.clock"));
  if (answer.kind === "again") found.push(say("again.hint", { time: clockTime(answer.earlier_ms) }));
  if (answer.expires_soon) found.push(say("expires_soon"));
  return found;
}

function ways(answer) {
  const other = answer.direction === "in" ? "out" : "in";
  const turning = answer.who && answer.state !== "revoked" ? [button(`turn.${other}`, turn)] : [];
  const slip = button("slip", () => open("slip", showSlip(answer, button("next", close))), "plain");
  return [...turning, button("undo", undo), slip, button("next", close, "plain")];
}

function button(word, act, className = "") {
  return make("button", { type: "button", class: className, "data-way": word, onclick: act }, say(word));
}

function buttons(...all) {
  return make("div", { class: "answer-ways" }, ...all);
}

async function undo() {
  await take("/api/undo", () => {
    opened = null;
    open("undone", [heading("undone", say("answer.undone"))], SHOWN_MS.undone);
  });
}

async function turn() {
  await take("/api/turn", showAnswer);
}

// Names the last answer to the kiosk; where it is too late, the screen says so.
async function take(path, done) {
  if (!opened) return;
  const { log, seq, hash } = opened.answer;
  try {
    done(await post(path, { log, seq, hash }));
  } catch (error) {
    showProblem(error.code ?? "internal", "answer.kept");
  }
  showLast();
  refresh();
}

// What was last, beside the desk, with the seconds that are left to take it back.
export function showLast() {
  const place = byId("last");
  const left = opened ? Math.ceil((opened.until - performance.now()) / 1_000) : 0;
  if (left <= 0) opened = null;
  place.hidden = !opened;
  if (!opened) return;
  const { answer } = opened;
  const word = answer.kind === "again" ? `answer.again.${answer.direction}` : `answer.${answer.kind}`;
  if (place.dataset.seq !== String(answer.seq) || !place.firstChild) {
    place.dataset.seq = answer.seq;
    place.dataset.kind = answer.kind;
    const text = `${say(word)} ${answer.who} ${clockTime(answer.wall_ms)}`;
    place.replaceChildren(make("p", {}, icon(answer.kind), text), make("button", { type: "button", onclick: undo }));
  }
  place.lastChild.textContent = say("undo.left", { seconds: left });
}

export function startAnswers() {
  setInterval(showLast, 500);
  cover().addEventListener("click", (event) => { if (!event.target.closest("button")) close(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !cover().hidden) close(); });
}

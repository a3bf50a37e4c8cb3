// What the lead's screens are made of: fields, reasons to tap, results in words, and requests that know when the PIN is needed again.

import { get, post } from "../../api.js";
import { findPeople, personButton } from "../../find.js";
import { make, setText } from "../../dom.js";
import { refresh } from "../../state.js";
import { say, sayError } from "../../words.js";
import { forget } from "./session.js";

const ASK_MS = 150;
const SHOWN = 6;
const WAIT_MS = 35_000;
const listeners = [];

// Told when the kiosk wants the PIN again.
export function onLocked(listener) {
  listeners.push(listener);
}

export const read = (path) => guarded(() => get(path));

// Posts; what the kiosk shows is asked for anew.
export const act = (path, body) => guarded(async () => {
  const done = await post(path, body, WAIT_MS);
  refresh();
  return done;
});

async function guarded(work) {
  try {
    return await work();
  } catch (error) {
    if (error.code === "lead_needed") {
      forget();
      for (const listener of listeners) listener();
    }
    throw error;
  }
}

export function field(word, attributes = {}) {
  const tag = attributes.rows ? "textarea" : "input";
  const input = make(tag, { autocomplete: "off", spellcheck: "false", ...attributes });
  return { input, label: make("label", { class: "field" }, make("span", {}, say(word)), input) };
}

export function tick(word) {
  const input = make("input", { type: "checkbox" });
  return { input, label: make("label", { class: "tick" }, input, make("span", {}, say(word))) };
}

export function button(word, onclick, className = "") {
  return make("button", { type: "button", class: className, "data-way": word, onclick }, say(word));
}

// A volunteer's number, with people whose name, pinyin, initials or number were typed. What is shown goes with the lead.
export function numberField(word = "lead.who") {
  const one = field(word, { maxlength: "40", name: "who" });
  const found = make("div", { class: "found" });
  let asking = 0;
  const take = (number) => {
    one.input.value = number;
    found.replaceChildren();
    one.input.dispatchEvent(new Event("change"));
  };
  const look = async () => {
    const part = one.input.value.trim();
    const { people } = part ? await findPeople(part) : { people: [] };
    if (one.input.value.trim() !== part) return;
    const others = people.filter(({ number, name }) => name || number !== part).slice(0, SHOWN);
    found.replaceChildren(...others.map((person) => personButton(person, () => take(person.number))));
  };
  one.input.addEventListener("input", () => { clearTimeout(asking); asking = setTimeout(look, ASK_MS); });
  return { input: one.input, label: make("div", {}, one.label, found) };
}

// Why: a text, and the usual ones to tap.
export function reasonField(usual) {
  const one = field("lead.reason", { maxlength: "400", name: "reason" });
  const taps = usual.map((word) => button(`reason.${word}`, () => { one.input.value = say(`reason.${word}`); }));
  return { input: one.input, label: make("div", {}, one.label, make("div", { class: "found" }, ...taps)) };
}

// A line that tells how it went: green, or red with what to do.
export function result() {
  const line = make("p", { class: "result", role: "status" });
  return {
    line,
    clear: () => { setText(line, ""); },
    fine: (text) => { line.dataset.level = "fine"; setText(line, text); },
    wrong: (error) => {
      line.dataset.level = "red";
      const text = sayError(error.code ?? "internal", error.detail);
      const place = error.code === "wrong_usage" && error.detail ? `: ${fieldName(error.detail)}` : "";
      setText(line, text + place);
    },
  };
}

function fieldName(detail) {
  const key = `field.${detail}`;
  const words = say(key);
  return words === key ? detail : words;
}

// A form that is sent once at a time.
export function form(children, work, confirm) {
  const done = result();
  const go = make("button", { type: "submit", class: "confirm" }, say(confirm));
  const made = make("form", { class: "lead-form" }, ...children, go, done.line);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (go.disabled) return;
    go.disabled = true;
    done.clear();
    try {
      const text = await work(made);
      if (text) done.fine(text);
    } catch (error) {
      done.wrong(error);
    }
    go.disabled = false;
  });
  return made;
}

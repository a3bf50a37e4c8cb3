// The end of a shift: everyone who is still signed in, one tap each; and who forgot to sign out in the last days.

import { make } from "../../dom.js";
import { nowMs } from "../../state.js";
import { isoDay, say, whenText } from "../../words.js";
import { act, button, field, read, result } from "./parts.js";
import { endAfter, timeOn } from "./times.js";

export const stillHere = {
  id: "lead-still-here",
  title: "still_here.title",
  render(root) {
    const done = result();
    const list = make("ul", { class: "people" });
    root.append(make("p", { class: "note" }, say("still_here.hint")), done.line, list);
    show(list, done);
  },
};

async function show(list, done) {
  try {
    const { people } = await read("/api/lead/open");
    list.replaceChildren(...people.map((person) => row(person, done)));
    if (!people.length) done.fine(say("still_here.none"));
  } catch (error) {
    done.wrong(error);
  }
}

function row(person, done) {
  const { who, called, since_ms, forgot } = person;
  const time = field("still_here.left", { placeholder: "12:00", maxlength: "5" });
  const ways = make("div", { class: "person-ways" });
  const line = make("li", { "data-who": who },
    make("div", { class: "person" }, make("b", {}, who), make("span", {}, called), make("span", {}, say("duty.since", { time: whenText(since_ms, nowMs() ?? since_ms) }))), ways);
  const end = async (work) => {
    try {
      await work();
      line.classList.add("ended");
      ways.replaceChildren(make("span", { class: "ended-word" }, say("still_here.ended")));
    } catch (error) {
      done.wrong(error);
    }
  };
  const now = () => end(() => act("/api/lead/enter", { who, direction: "out", reason: say("reason.end_of_shift") }));
  const left = () => end(() => state(person, time.input.value));
  const stays = () => { ways.replaceChildren(make("span", { class: "ended-word" }, say("still_here.stays"))); };
  if (!forgot) ways.append(button("still_here.now", now, "confirm"), button("still_here.stays", stays));
  ways.append(make("div", { class: "pair" }, time.label, button("still_here.left_then", left)));
  return line;
}

// They left at a time of the day on which they came, or of the night after it.
function state({ who, since_ms }, text) {
  const atMs = timeOn(isoDay(since_ms), text);
  if (Number.isNaN(atMs)) throw Object.assign(new Error(), { code: "wrong_usage", detail: "time" });
  const given = { who, direction: "out", at_ms: endAfter(since_ms, atMs), about: "", reason: say("reason.forgot_out") };
  return act("/api/lead/state", given);
}


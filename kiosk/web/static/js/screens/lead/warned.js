// Who signed in although they should rest, or lack what the post needs: the lead sends them home (undo, sign out), or lets them
// go on with a reason.

import { make } from "../../dom.js";
import { clockTime, say } from "../../words.js";
import { act, form, reasonField } from "./parts.js";

const TIRED = ["nobody_else", "short_duty", "asked"];
const UNFIT = { not_insured: "insured_else", not_trained: "trained_here", fitness_unknown: "papers_seen" };
const KEPT_MAX = 20;
const waiting = []; // answers with warnings that no reason was given for; this page's memory alone, the scans are on disk

export function warnedAbout(answer) {
  waiting.unshift(answer);
  waiting.splice(KEPT_MAX);
}

export const warned = {
  id: "lead-warned",
  title: "warned.title",
  render(root) {
    const list = make("ul", { class: "people" }, ...waiting.map(row));
    root.append(make("p", { class: "note" }, say(waiting.length ? "warned.lead.hint" : "warned.none")), list);
  },
};

function row(answer) {
  const { log, seq, hash, who, wall_ms } = answer;
  const reason = reasonField(usual(answer.warned));
  const codes = answer.warned.map(({ code, figure, what }) => make("p", { class: "warned" }, say(`warned.${code}`, { figure, what })));
  const line = make("li", { "data-who": who }, make("div", { class: "person" }, make("b", {}, who), make("span", {}, clockTime(wall_ms))), ...codes);
  line.append(form([reason.label], async () => {
    await act("/api/lead/go_on", { log, seq, hash, reason: reason.input.value });
    waiting.splice(waiting.indexOf(answer), 1);
    line.replaceChildren(make("span", { class: "ended-word" }, say("warned.gone_on", { who })));
  }, "warned.go_on"));
  return line;
}

// The reasons to tap: those that fit what was warned about.
function usual(warned) {
  const own = warned.map(({ code }) => UNFIT[code]).filter(Boolean);
  return [...new Set([...own, ...(own.length < warned.length ? TIRED : TIRED.slice(0, 1))])];
}

// The log of everything done, last first; an entry of it is taken back here, with a reason.

import { make } from "../../dom.js";
import { nowMs } from "../../state.js";
import { say, whenText } from "../../words.js";
import { act, button, form, read, reasonField, result, tick } from "./parts.js";

const USUAL = ["wrong_person", "wrong_time", "twice"];

export const journal = {
  id: "lead-journal",
  title: "journal.title",
  render(root) {
    const only = tick("journal.leads");
    const list = make("ul", { class: "people journal" });
    const told = result();
    const more = button("journal.more", () => load(list, more, only, told));
    only.input.addEventListener("change", () => { list.replaceChildren(); more.dataset.before = "0"; load(list, more, only, told); });
    more.dataset.before = "0";
    root.append(only.label, told.line, list, more);
    load(list, more, only, told);
  },
};

async function load(list, more, only, told) {
  try {
    const { rows, before } = await read(`/api/lead/journal?before=${more.dataset.before}&leads=${only.input.checked ? 1 : 0}`);
    list.append(...rows.map((row) => line(row, told)));
    more.dataset.before = String(before);
    more.hidden = before === 0;
  } catch (error) {
    told.wrong(error);
  }
}

function line(row, told) {
  const made = make("li", { "data-seq": row.seq, "data-kind": row.kind },
    make("div", { class: "person" }, make("b", {}, `${whenText(row.wall_ms, nowMs() ?? row.wall_ms)}  ${words(row)}`), make("span", {}, more(row))));
  if (["scan", "attest"].includes(row.kind)) {
    const ways = make("div", { class: "person-ways" }, button("journal.void", () => ways.replaceChildren(asking(row, ways, told))));
    made.append(ways);
  }
  return made;
}

function words(row) {
  const what = { note: `journal.note.${row.topic}`, void: "journal.void_" }[row.kind] ?? `journal.${row.kind}`;
  const way = row.direction ? say(`direction.${row.direction}`) : "";
  return [say(what), row.who, way, row.item ? `${row.item} × ${row.count}` : "", row.about_seq ? `#${row.about_seq}` : ""].filter(Boolean).join(" ");
}

function more(row) {
  const at = row.at_ms ? say("journal.at", { time: whenText(row.at_ms, nowMs() ?? row.at_ms) }) : "";
  const by = row.by ? say("journal.by", { who: row.by }) : "";
  return [`#${row.seq}`, at, text(row), by].filter(Boolean).join(" · ");
}

// What the kiosk itself writes about leads are stable words; all else was written by people.
function text(row) {
  if (row.topic === "names_key") return ""; // a key, for the centre alone
  return row.topic === "lead" ? say(`journal.lead.${row.text}`) : row.text || row.reason || "";
}

function asking({ log, seq, hash }, ways) {
  const reason = reasonField(USUAL);
  return form([reason.label], async () => {
    await act("/api/lead/void", { log, seq, hash, reason: reason.input.value });
    ways.replaceChildren(make("span", { class: "ended-word" }, say("journal.voided")));
  }, "journal.void");
}

// A sign-in sheet kept on paper: thirty rows, the keyboard first. Enter goes on, arrows go up and down.

import { make } from "../../dom.js";
import { nowMs } from "../../state.js";
import { isoDay, say } from "../../words.js";
import { act, field, form, reasonField } from "./parts.js";
import { endAfter, timeOn } from "./times.js";

const ROWS = 30;
const COLUMNS = ["who", "in", "out"];
const NUMBER = /^[0-9A-Za-z-]{1,20}$/;
const USUAL = ["no_power", "kiosk_broken", "late_kiosk"];

export const paper = {
  id: "lead-paper",
  title: "paper.title",
  render(root) {
    const day = field("by_hand.day", { type: "date", value: isoDay(nowMs() ?? Date.now()), name: "day" });
    const reason = reasonField(USUAL);
    const rows = Array.from({ length: ROWS }, (_, at) => cells(at + 1));
    const grid = table(rows);
    const made = form([make("p", { class: "note" }, say("paper.hint")), day.label, reason.label, grid], async () => {
      const filled = rows.filter((row) => COLUMNS.some((name) => row[name].value.trim()));
      for (const row of rows) mark(row, false);
      const given = filled.map((row) => rowOf(day.input.value, row));
      const done = await act("/api/lead/paper", { rows: given, reason: reason.input.value }).catch((error) => {
        if (error.code === "wrong_usage" && filled[error.detail - 1]) throw wrong(filled[error.detail - 1]);
        throw error;
      });
      for (const row of rows) for (const name of COLUMNS) row[name].value = "";
      rows[0].who.focus();
      return say("paper.done", done);
    }, "paper.go");
    grid.addEventListener("keydown", (event) => move(event, rows));
    root.append(made);
  },
};

function cells(number) {
  const cell = (name, more) => make("input", { autocomplete: "off", spellcheck: "false", "aria-label": `${number} ${say(`paper.${name}`)}`, "data-cell": `${number}-${name}`, ...more });
  return { number, who: cell("who", { maxlength: "20", autocapitalize: "characters" }), in: cell("in", { maxlength: "5", inputmode: "numeric" }), out: cell("out", { maxlength: "5", inputmode: "numeric" }) };
}

function table(rows) {
  const head = make("tr", {}, make("th", {}, "#"), ...COLUMNS.map((name) => make("th", { scope: "col" }, say(`paper.${name}`))));
  const body = rows.map((row) => make("tr", {}, make("th", { scope: "row" }, String(row.number)), ...COLUMNS.map((name) => make("td", {}, row[name]))));
  return make("table", { class: "grid" }, make("thead", {}, head), make("tbody", {}, ...body));
}

function rowOf(day, row) {
  const who = row.who.value.trim();
  const [inText, outText] = [row.in.value.trim(), row.out.value.trim()];
  const inMs = inText ? timeOn(day, inText) : 0;
  let outMs = outText ? timeOn(day, outText) : 0;
  if (!NUMBER.test(who) || Number.isNaN(inMs) || Number.isNaN(outMs) || !(inText || outText)) throw wrong(row);
  if (inMs && outMs) outMs = endAfter(inMs, outMs);
  return { who, in_ms: inMs, out_ms: outMs };
}

function wrong(row) {
  mark(row, true);
  row.who.focus();
  return Object.assign(new Error(), { code: "paper_row", detail: String(row.number) });
}

function mark(row, isWrong) {
  row.who.closest("tr").classList.toggle("wrong", isWrong);
}

function move(event, rows) {
  const found = /^(\d+)-(\w+)$/.exec(event.target.dataset?.cell ?? "");
  if (!found) return;
  const [at, column] = [Number(found[1]) - 1, COLUMNS.indexOf(found[2])];
  const step = { Enter: [column === 2 ? 1 : 0, column === 2 ? 0 : column + 1], ArrowDown: [1, column], ArrowUp: [-1, column] }[event.key];
  if (!step) return;
  event.preventDefault();
  rows[at + step[0]]?.[COLUMNS[step[1]]].focus();
}

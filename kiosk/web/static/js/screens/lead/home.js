// The lead's own screen: the PIN first, then everything that a lead does.

import { get, post } from "../../api.js";
import { make } from "../../dom.js";
import { open, openScreen } from "../../screens.js";
import { hasLead } from "../../api.js";
import { nowMs } from "../../state.js";
import { say, whenText } from "../../words.js";
import { byHand } from "./by_hand.js";
import { gear } from "./gear.js";
import { handover } from "./handover.js";
import { journal } from "./journal.js";
import { paper } from "./paper.js";
import { button, field, form, onLocked, read } from "./parts.js";
import { enter, leadingWho, leave } from "./session.js";
import { settings } from "./settings.js";
import { stick } from "./stick.js";
import { stillHere } from "./still_here.js";
import { walkIn } from "./walk_in.js";
import { warned } from "./warned.js";

const TASKS = [walkIn, byHand, stillHere, warned, paper, gear, handover, journal, stick, settings];
const WAIT_MS = 20_000;
const PIN = { type: "password", inputmode: "text", maxlength: "64", name: "pin", autocomplete: "off" };

export const lead = {
  id: "lead",
  title: "lead.title",
  render(root) {
    if (hasLead()) menu(root);
    else askPin(root);
  },
};

for (const task of TASKS) task.back = () => open(lead);
onLocked(() => { if (openScreen().startsWith("lead")) open(lead); });

function menu(root) {
  const tasks = TASKS.map((task) => make("button", { type: "button", "data-way": task.title, onclick: () => open(task) }, say(task.title)));
  const told = make("ul", { class: "people told" });
  root.append(
    told,
    make("p", { class: "lead-who" }, say("lead.now", { who: leadingWho() })),
    make("div", { class: "tasks" }, ...tasks),
    button("lead.leave", leave, "leave"),
  );
  showTold(told);
}

// What the centre tells the leads here, until its time has passed.
async function showTold(list) {
  const { messages } = await read("/api/lead/messages").catch(() => ({ messages: [] }));
  const now = nowMs() ?? Date.now();
  list.append(...messages.map(({ text, until_ms }) => make("li", {}, make("b", {}, text), make("span", {}, say("told.until", { time: whenText(until_ms, now) })))));
}

async function askPin(root) {
  const { has_leads } = await get("/api/leads").catch(() => ({ has_leads: true }));
  if (hasLead() || !root.isConnected) return;
  if (has_leads) root.append(pinForm(), button("lead.forgot_pin", () => root.replaceChildren(firstForm("lead.again.hint"))));
  else root.append(firstForm("lead.first.hint"));
  root.querySelector("input").focus();
}

function pinForm() {
  const who = field("lead.number", { maxlength: "20", name: "who", required: true });
  const pin = field("lead.pin", { ...PIN, required: true });
  return form([who.label, pin.label], async () => {
    const given = { who: who.input.value, pin: pin.input.value };
    pin.input.value = "";
    enter(await post("/api/lead/unlock", given, WAIT_MS));
    open(lead);
  }, "lead.come");
}

// The first lead, by the code with which this kiosk was enrolled; or, where every PIN is forgotten, a new beginning.
function firstForm(hint) {
  const code = field("lead.code", { name: "code", required: true, autocapitalize: "characters" });
  const who = field("lead.number", { maxlength: "20", name: "who", required: true });
  const pin = field("lead.pin.new", { ...PIN, required: true });
  const again = field("lead.pin.again", { ...PIN, name: "again", required: true });
  const made = form([make("p", {}, say(hint)), code.label, who.label, pin.label, again.label], async () => {
    if (pin.input.value !== again.input.value) throw Object.assign(new Error(), { code: "pins_differ" });
    enter(await post("/api/lead/begin", { code: code.input.value, who: who.input.value, pin: pin.input.value }, WAIT_MS));
    open(lead);
  }, "lead.begin");
  return made;
}

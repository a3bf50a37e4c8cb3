// Settings: post, duty card, one's own PIN, who leads here, and giving the kiosk away.

import { make } from "../../dom.js";
import { close } from "../../screens.js";
import { nowMs } from "../../state.js";
import { say, whenText } from "../../words.js";
import { act, button, field, form, read, result } from "./parts.js";
import { forget, leadingWho } from "./session.js";

const CARD = ["what", "how", "protect"];
const PIN = { type: "password", maxlength: "64", autocomplete: "off", required: true };

export const settings = {
  id: "lead-settings",
  title: "settings.title",
  render(root) {
    const told = result();
    root.append(told.line);
    fill(root).catch(told.wrong);
  },
};

async function fill(root) {
  const found = await read("/api/lead/settings");
  const { leads } = await read("/api/lead/leads");
  const told = await read("/api/lead/names");
  root.append(part("settings.post", post(found)), part("settings.card", card(found)), part("settings.pin", pin()), part("settings.leads", people(leads)),
    part("settings.names", names(told)), part("settings.near", neighbours(found.neighbours)), part("settings.end", end()));
}

function part(word, ...children) {
  return make("details", { class: "part", "data-part": word }, make("summary", {}, say(word)), ...children);
}

function post({ post: now, posts }) {
  const typed = field("settings.post.code", { maxlength: "20", value: now, name: "post" });
  const taps = posts.map(({ code, name }) => make("button", { type: "button", onclick: () => { typed.input.value = code; } }, name || code));
  return form([make("div", { class: "found" }, ...taps), typed.label], async () => {
    await act("/api/lead/post", { post: typed.input.value });
    return say("settings.saved");
  }, "settings.save");
}

function card({ card: now }) {
  const texts = Object.fromEntries(CARD.map((name) => [name, field(`card.${name}`, { rows: "3", maxlength: "600", name })]));
  for (const name of CARD) texts[name].input.value = now[name];
  return form([make("p", { class: "note" }, say("settings.card.hint")), ...CARD.map((name) => texts[name].label)], async () => {
    await act("/api/lead/card", Object.fromEntries(CARD.map((name) => [name, texts[name].input.value])));
    return say("settings.saved");
  }, "settings.save");
}

function pin() {
  const one = field("lead.pin.new", { ...PIN, name: "pin" });
  const again = field("lead.pin.again", { ...PIN, name: "again" });
  return form([one.label, again.label], async (made) => {
    if (one.input.value !== again.input.value) throw Object.assign(new Error(), { code: "pins_differ" });
    await act("/api/lead/pin", { pin: one.input.value });
    made.reset();
    return say("settings.saved");
  }, "settings.save");
}

function people(leads) {
  const who = field("lead.number", { maxlength: "20", name: "who", required: true });
  const one = field("lead.pin.theirs", { ...PIN, name: "pin" });
  const again = field("lead.pin.again", { ...PIN, name: "again" });
  const list = make("ul", { class: "people" }, ...leads.map(person));
  const made = form([who.label, one.label, again.label], async (sent) => {
    if (one.input.value !== again.input.value) throw Object.assign(new Error(), { code: "pins_differ" });
    const number = who.input.value.trim();
    await act("/api/lead/leads/add", { who: number, pin: one.input.value });
    list.append(person(number));
    sent.reset();
    return say("settings.saved");
  }, "settings.leads.add");
  return make("div", {}, list, made);
}

function person(number) {
  const told = result();
  const line = make("li", { "data-who": number }, make("div", { class: "person" }, make("b", {}, number)));
  const remove = () => act("/api/lead/leads/remove", { who: number }).then(() => line.remove(), told.wrong);
  if (number !== leadingWho()) line.append(make("div", { class: "person-ways" }, button("settings.leads.remove", remove), told.line));
  return line;
}

function neighbours({ on, own, addresses, met }) {
  const told = result();
  const box = make("div", { class: "lead-form" }, make("p", { class: "note" }, say("settings.near.hint")));
  const turn = async () => {
    try {
      await act("/api/lead/neighbours", { on: !on });
      box.replaceWith(neighbours((await read("/api/lead/settings")).neighbours));
    } catch (error) {
      told.wrong(error);
    }
  };
  box.append(button(on ? "settings.near.off" : "settings.near.on", turn), told.line);
  if (on) box.append(make("p", { class: "note" }, say("settings.near.own", { addresses: own.join(" ") })), seen(met), typedAddresses(addresses));
  return box;
}

function seen(met) {
  const lines = met.map((one) => {
    const name = `${one.site} ${one.address}`.trim();
    return one.met_ms ? say("settings.near.met", { name, time: whenText(one.met_ms, nowMs() ?? one.met_ms), count: one.holds }) : say("settings.near.missed", { name });
  });
  return make("ul", { class: "people" }, ...(lines.length ? lines : [say("settings.near.none")]).map((line) => make("li", {}, line)));
}

function typedAddresses(addresses) {
  const typed = field("settings.near.address", { maxlength: "21", name: "address", inputmode: "decimal", required: true });
  const list = make("ul", { class: "people" }, ...addresses.map(addressLine));
  const made = form([typed.label], async (sent) => {
    const { address } = await act("/api/lead/neighbours/add", { address: typed.input.value });
    if (!list.querySelector(`[data-address="${CSS.escape(address)}"]`)) list.append(addressLine(address));
    sent.reset();
    return say("settings.saved");
  }, "settings.near.add");
  return make("div", {}, list, made);
}

function addressLine(address) {
  const told = result();
  const line = make("li", { "data-address": address }, make("div", { class: "person" }, make("b", {}, address)));
  const remove = () => act("/api/lead/neighbours/remove", { address }).then(() => line.remove(), told.wrong);
  line.append(make("div", { class: "person-ways" }, button("settings.near.remove", remove), told.line));
  return line;
}

// Names of the site's people: there, or to be asked for with the enrolment code.
function names({ told, count }) {
  if (told) return make("p", { class: "note" }, say("settings.names.told", { count }));
  const code = field("lead.code", { name: "code", required: true, autocapitalize: "characters" });
  return form([make("p", { class: "note" }, say("settings.names.none")), code.label], async (made) => {
    await act("/api/lead/names", { code: code.input.value });
    made.reset();
    return say("settings.names.asked");
  }, "settings.names.ask");
}

function end() {
  const site = field("settings.end.site", { maxlength: "20", name: "site", required: true });
  const told = result();
  const go = async (path) => {
    try {
      await act(path, { site: site.input.value });
      forget();
      close();
    } catch (error) {
      told.wrong(error);
    }
  };
  return make("div", { class: "lead-form" }, make("p", { class: "warned" }, say("settings.end.hint")), site.label,
    button("settings.unenrol", () => go("/api/lead/unenrol"), "grave"), button("settings.wipe", () => go("/api/lead/wipe"), "grave"), told.line);
}

// Gear handed out and returned, and who still has what.

import { make } from "../../dom.js";
import { say } from "../../words.js";
import { act, button, field, form, numberField, read, result } from "./parts.js";

const USUAL = ["mask", "gloves", "gown", "shield", "vest", "sanitiser"];

export const gear = {
  id: "lead-gear",
  title: "gear.title",
  render(root) {
    const who = numberField();
    const item = field("gear.item", { maxlength: "40", name: "item" });
    const count = field("gear.count", { type: "number", min: "1", max: "1000", value: "1", name: "count" });
    const taps = USUAL.map((word) => button(`gear.${word}`, () => { item.input.value = say(`gear.${word}`); }));
    const list = make("ul", { class: "people" });
    const told = result();
    const made = form([who.label, item.label, make("div", { class: "found" }, ...taps), count.label], async () => {
      const given = { who: who.input.value.trim(), item: item.input.value, count: Number(count.input.value) };
      await act("/api/lead/gear", given);
      show(list, told);
      return say("gear.done", given);
    }, "gear.out");
    root.append(made, make("h3", {}, say("gear.held")), told.line, list);
    show(list, told);
  },
};

async function show(list, told) {
  try {
    const { held } = await read("/api/lead/gear");
    list.replaceChildren(...held.map((one) => row(one, list, told)));
    if (!held.length) told.fine(say("gear.none"));
    else told.clear();
  } catch (error) {
    told.wrong(error);
  }
}

function row({ who, item, count }, list, told) {
  const back = async () => {
    await act("/api/lead/gear", { who, item, count: -count }).catch(told.wrong);
    show(list, told);
  };
  return make("li", { "data-who": who }, make("div", { class: "person" }, make("b", {}, who), make("span", {}, `${item} × ${count}`)), make("div", { class: "person-ways" }, button("gear.back", back)));
}

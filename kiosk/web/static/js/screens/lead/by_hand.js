// A scan entered by hand: now, or at a time that the lead states. Never without a reason.

import { make } from "../../dom.js";
import { nowMs } from "../../state.js";
import { isoDay, say } from "../../words.js";
import { act, field, form, numberField, reasonField } from "./parts.js";
import { timeOn } from "./times.js";

const USUAL = ["no_badge", "badge_broken", "phone_empty", "forgot_out", "forgot_in"];

export const byHand = {
  id: "lead-by-hand",
  title: "by_hand.title",
  render(root) {
    const who = numberField();
    const way = choice("direction", ["in", "out"], "in");
    const when = choice("by_hand", ["now", "then"], "now");
    const day = field("by_hand.day", { type: "date", value: isoDay(nowMs() ?? Date.now()), name: "day" });
    const time = field("by_hand.time", { placeholder: "08:30", maxlength: "5", name: "time" });
    const then = make("div", { class: "pair", hidden: true }, day.label, time.label);
    when.set.addEventListener("change", () => { then.hidden = when.value() !== "then"; });
    const reason = reasonField(USUAL);
    const made = form([who.label, way.set, when.set, then, reason.label], async () => {
      const [number, direction, why] = [who.input.value.trim(), way.value(), reason.input.value];
      if (when.value() === "now") {
        await act("/api/lead/enter", { who: number, direction, reason: why });
      } else {
        const atMs = timeOn(day.input.value, time.input.value);
        if (Number.isNaN(atMs)) throw Object.assign(new Error(), { code: "wrong_usage", detail: "time" });
        await act("/api/lead/state", { who: number, direction, at_ms: atMs, about: "", reason: why });
      }
      who.input.value = "";
      who.input.focus();
      return say("by_hand.done", { who: number, direction: say(`direction.${direction}`) });
    }, "lead.record");
    root.append(made);
  },
};

// One of a few, each a large button.
export function choice(part, ways, chosen) {
  const name = `choice-${part}`;
  const labels = ways.map((way) => make("label", {}, make("input", { type: "radio", name, value: way, checked: way === chosen }), make("span", {}, say(`${part}.${way}`))));
  const set = make("fieldset", { class: "mode" }, make("legend", {}, say("mode")), ...labels);
  return { set, value: () => set.querySelector(":checked").value };
}

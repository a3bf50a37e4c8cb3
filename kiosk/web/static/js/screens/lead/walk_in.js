// Somebody on no list came to help: what they give is sealed to the centre; they get a code and a short number.

import { make } from "../../dom.js";
import { clockTime, say } from "../../words.js";
import { act, button, field, form, read, tick } from "./parts.js";

const TEXTS = ["name", "phone", "skills", "guardian", "guardian_phone"];

export const walkIn = {
  id: "lead-walk-in",
  title: "walk_in.title",
  render(root) {
    const called = field("walk_in.called", { maxlength: "60", name: "called" });
    const texts = Object.fromEntries(TEXTS.map((name) => [name, field(`field.${name}`, { maxlength: name.endsWith("phone") ? "20" : "100", name, inputmode: name.endsWith("phone") ? "tel" : "text" })]));
    const minor = tick("walk_in.minor");
    const agreed = tick("walk_in.agreed");
    const guardians = make("div", { class: "lead-form", hidden: true }, texts.guardian.label, texts.guardian_phone.label);
    minor.input.addEventListener("change", () => { guardians.hidden = !minor.input.checked; });
    const notice = make("p", { class: "notice" }, say("consent.walk_in_a"));
    const parts = [texts.name.label, called.label, texts.phone.label, texts.skills.label, minor.label, guardians, notice, agreed.label];
    texts.name.input.addEventListener("change", () => { called.input.value ||= texts.name.input.value; });
    const made = form(parts, async () => {
      const given = Object.fromEntries(TEXTS.map((name) => [name, texts[name].input.value]));
      const done = await act("/api/lead/walk_in", { ...given, called: called.input.value, is_minor: minor.input.checked, agreed: agreed.input.checked });
      root.replaceChildren(...ticket(done.number, done.short, called.input.value, () => root.replaceChildren(made, list)));
      made.reset();
      guardians.hidden = true;
    }, "walk_in.go");
    const list = make("div", { class: "rows" });
    root.append(made, list);
    fill(list, root, made);
  },
};

// The number to keep: a code to photograph, and four signs to remember.
function ticket(number, short, called, back) {
  const picture = make("img", { src: `/api/walk_in/${encodeURIComponent(number)}.png`, alt: number, class: "slip" });
  return [make("div", { class: "ticket" },
    make("p", {}, called), make("p", { class: "short", "data-short": short }, short), picture, make("p", { class: "whole" }, number),
    make("p", {}, say("walk_in.keep")), button("walk_in.next", back, "confirm"))];
}

async function fill(list, root, made) {
  const { walk_ins } = await read("/api/lead/walk_ins").catch(() => ({ walk_ins: [] }));
  if (!walk_ins.length) return;
  const rows = walk_ins.map(({ number, short, wall_ms, called }) => {
    const again = () => root.replaceChildren(...ticket(number, short, called, () => root.replaceChildren(made, list)));
    return make("li", {}, make("b", {}, short), make("span", {}, called), make("span", {}, clockTime(wall_ms)), button("walk_in.show", again));
  });
  list.replaceChildren(make("h3", {}, say("walk_in.today")), make("ul", {}, ...rows));
}

// Typing a number, or looking it up in the roster by a part of it; while a lead is at the screen, by name, pinyin and initials, too.

import { findPeople, personButton } from "../find.js";
import { make, setText } from "../dom.js";
import { present } from "../queue.js";
import { say } from "../words.js";

const NUMBER = /^[0-9A-Za-z-]{1,20}$/;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "-", "0", "⌫"];
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const ASK_MS = 150;

export const typed = {
  id: "typed",
  title: "typed.title",
  render(root, close) {
    const field = make("input", {
      id: "number", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "20", inputmode: "none",
      "aria-label": say("typed.title"),
    });
    const note = make("p", { class: "note", role: "status" }, say("typed.hint"));
    const found = make("div", { class: "found" });
    const confirm = make("button", { type: "submit", class: "confirm", disabled: true }, say("typed.confirm"));
    const form = make("form", { class: "typed" }, field, confirm);
    const keys = make("div", { class: "keys" }, block(DIGITS, "digits"), block(LETTERS, "letters"));
    let asking = 0;

    const send = (number) => {
      close();
      present(number, { typed: true });
    };
    const changed = () => {
      confirm.disabled = !NUMBER.test(field.value.trim());
      clearTimeout(asking);
      asking = setTimeout(look, ASK_MS);
    };
    async function look() {
      const part = field.value.trim();
      const { people, is_known } = part ? await findPeople(part) : { people: [], is_known: true };
      if (field.value.trim() !== part) return;
      found.replaceChildren(...people.map((person) => personButton(person, () => send(person.number))));
      if (!/\d/.test(part) && people.some(({ name }) => name)) confirm.disabled = true; // initials are no number: a person below is meant
      setText(note, say(is_known || people.length ? "typed.hint" : "typed.unknown"));
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!confirm.disabled && NUMBER.test(field.value.trim())) send(field.value.trim());
    });
    field.addEventListener("input", changed);
    keys.addEventListener("click", (event) => {
      const key = event.target.closest("button")?.value;
      if (!key) return;
      field.value = key === "⌫" ? field.value.slice(0, -1) : (field.value + key).slice(0, 20);
      changed();
    });
    root.append(form, note, found, keys);
    return () => clearTimeout(asking);
  },
};

function block(keys, className) {
  return make("div", { class: className }, ...keys.map((key) => make("button", { type: "button", value: key, "aria-label": key === "⌫" ? say("clear") : key }, key)));
}

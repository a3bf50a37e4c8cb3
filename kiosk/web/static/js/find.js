// Looking people up: by number for everybody; with names, and by them, for the lead at the screen.

import { get, hasLead } from "./api.js";
import { make } from "./dom.js";

const NONE = { people: [], is_known: true };

// Gives { people: [{ number, name, team }], is_known }. Where the lead is gone meanwhile, numbers are all there is.
export async function findPeople(part) {
  const asked = encodeURIComponent(part);
  if (hasLead()) {
    const found = await get(`/api/lead/people?part=${asked}`).catch(() => null);
    if (found) return found;
  }
  const { numbers, is_known } = await get(`/api/roster?part=${asked}`).catch(() => ({ numbers: [], is_known: true }));
  return numbers.length ? { people: numbers.map((number) => ({ number, name: "", team: "" })), is_known } : { ...NONE, is_known };
}

// A person to tap. Names are marked: they leave the screen with the lead (`screens/lead/session.js`).
export function personButton({ number, name, team }, onclick) {
  const called = name ? make("span", { class: "only-lead called" }, [name, team].filter(Boolean).join(" · ")) : null;
  return make("button", { type: "button", "data-number": number, onclick }, make("b", {}, number), called);
}

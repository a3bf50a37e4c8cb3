// What a person is shown beside the answer: warnings for the lead, the duty card to acknowledge, the slip to take along.
// Nothing here holds a scan up: it is on disk already.

import { post } from "./api.js";
import { icon, make } from "./dom.js";
import { open } from "./screens.js";
import { LEAD_SCREENS } from "./screens/index.js";
import { warnedAbout } from "./screens/lead/warned.js";
import { say } from "./words.js";

export const isToRead = (answer) => Boolean(answer.card || answer.warned?.length);

export function moreParts(answer, close) {
  const warned = (answer.warned ?? []).map(({ code, figure, what }) => make("p", { class: "warned" }, icon("warning"), make("span", {}, say(`warned.${code}`, { figure, what }))));
  return [...warned, ...(warned.length ? forLead(answer, close) : []), ...(answer.card ? [card(answer, close)] : [])];
}

function forLead(answer, close) {
  warnedAbout(answer);
  const toLead = () => { close(); open(LEAD_SCREENS[0]); };
  const button = make("button", { type: "button", "data-way": "warned.lead", onclick: toLead }, say("warned.lead"));
  return [make("p", { class: "warned-hint" }, say("warned.hint")), make("div", { class: "answer-ways" }, button)];
}

function card(answer, close) {
  const parts = ["what", "how", "protect"].filter((part) => answer.card[part]);
  const rows = parts.flatMap((part) => [make("dt", {}, say(`card.${part}`)), make("dd", {}, answer.card[part])]);
  const acknowledge = async () => {
    const { log, seq, hash } = answer;
    await post("/api/card", { log, seq, hash }).catch(() => {}); // not written down: it is shown again next time
    close();
  };
  const agree = make("button", { type: "button", "data-way": "card.seen", onclick: acknowledge }, say("card.seen"));
  return make("section", { class: "duty-card" }, make("h3", {}, say("card.title")), make("dl", {}, ...rows), agree);
}

export function showSlip(answer, next) {
  const picture = make("img", { src: `/api/slip/${answer.seq}.png`, alt: say("slip.title"), class: "slip" });
  return [make("p", { class: "hint", id: "answer-word" }, say("slip.title")), picture, make("p", {}, say("slip.hint")), make("div", { class: "answer-ways" }, next)];
}

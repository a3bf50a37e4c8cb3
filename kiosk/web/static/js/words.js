// Words of the chosen language, from the one catalogue that Python has too.

import { remember, recall } from "./prefs.js";

export const DEFAULT = "zh-CN";
const ZONE = "Asia/Shanghai";
const listeners = [];
let words = {};
let language = DEFAULT;

export const currentLanguage = () => language;
export const siteLanguage = () => recall("language", DEFAULT);

// `{name}` in a text is replaced by the figure of that name.
export function say(key, figures = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => figures[name] ?? "");
}

export function sayError(code, detail = "") {
  return say(words[`error.${code}`] ? `error.${code}` : "error.other", { code, detail });
}

// Takes another language; keep: also for the next start. Where its words cannot be had, the old ones stay.
export async function speak(wanted, { keep = false } = {}) {
  const reply = await fetch(`/words/${wanted}.json`).catch(() => null);
  if (!reply?.ok) return;
  words = await reply.json();
  language = wanted;
  if (keep) remember("language", wanted);
  document.documentElement.lang = wanted;
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const listener of listeners) listener();
}

export function onSpeak(listener) {
  listeners.push(listener);
}

export function clockTime(wallMs) {
  return format(wallMs, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function longTime(wallMs) {
  return format(wallMs, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

// The day as forms have it: 2026-11-22.
export function isoDay(wallMs) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(wallMs);
}

export function longDate(wallMs) {
  return format(wallMs, { year: "numeric", month: "long", day: "numeric", weekday: "long" });
}

// The time alone today, the date too on any other day.
export function whenText(wallMs, nowMs) {
  const day = { month: "numeric", day: "numeric" };
  const isToday = format(wallMs, { year: "numeric", ...day }) === format(nowMs, { year: "numeric", ...day });
  return isToday ? clockTime(wallMs) : `${format(wallMs, day)} ${clockTime(wallMs)}`;
}

function format(wallMs, parts) {
  try {
    return new Intl.DateTimeFormat(language, { timeZone: ZONE, ...parts }).format(wallMs);
  } catch {
    return "--:--"; // a clock beyond all calendars
  }
}

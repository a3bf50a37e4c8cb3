// Puts the page together.

import { startAnswers } from "./answer.js";
import { settle } from "./covers.js";
import { concern, startDesk } from "./desk.js";
import { byId, icon, make } from "./dom.js";
import { hasStarted, startDuty } from "./duty_start.js";
import { startMode } from "./mode.js";
import { recall, remember } from "./prefs.js";
import { present } from "./queue.js";
import { close, open, openScreen, startScreens } from "./screens.js";
import { LEAD_SCREENS } from "./screens/index.js";
import { setup } from "./screens/setup.js";
import { typed } from "./screens/typed.js";
import { isSilent } from "./sound.js";
import { onState, onTrouble, refresh } from "./state.js";
import { startSync } from "./sync_now.js";
import { openCamera, startWatch } from "./watch.js";
import { listenForWedge } from "./wedge.js";
import { currentLanguage, onSpeak, say, sayError, siteLanguage, speak } from "./words.js";

const LANGUAGE_BACK_MS = 60_000; // a volunteer's language goes back to the site's by itself
let languageTimer = 0;

function startLanguage() {
  const choice = byId("language");
  choice.value = siteLanguage();
  choice.addEventListener("change", () => speak(choice.value, { keep: !hasStarted() }));
  const later = () => {
    clearTimeout(languageTimer);
    if (currentLanguage() !== siteLanguage()) languageTimer = setTimeout(() => speak(siteLanguage()), LANGUAGE_BACK_MS);
  };
  onSpeak(() => { choice.value = currentLanguage(); later(); });
  document.addEventListener("pointerdown", later);
}

function startType() {
  const set = (isLarge) => {
    document.documentElement.classList.toggle("large", isLarge);
    byId("large").setAttribute("aria-pressed", isLarge);
  };
  set(recall("large", "") === "yes");
  byId("large").addEventListener("click", () => {
    const isLarge = !document.documentElement.classList.contains("large");
    set(isLarge);
    remember("large", isLarge ? "yes" : "");
  });
}

// What is not a trouble of the store but of the way to it shows as a concern; here the kiosk itself cannot record.
function showStopped(code) {
  const cover = byId("stopped");
  const isStopped = Boolean(code) && code !== "down";
  if (cover.hidden === !isStopped && cover.dataset.code === code) return;
  cover.hidden = !isStopped;
  cover.dataset.code = code;
  settle();
  if (!isStopped) return;
  const lines = [make("h2", {}, icon("problem"), say("stopped.title")), make("p", { class: "reason" }, sayError(code)), make("p", {}, say("stopped.hint"))];
  cover.replaceChildren(...lines);
}

function showSetup({ enrolled }) {
  if (!enrolled && openScreen() !== "setup") open(setup);
  if (enrolled && openScreen() === "setup") close();
  byId("start").hidden = hasStarted() || !enrolled;
  settle();
}

function startLeadScreens() {
  const buttons = LEAD_SCREENS.map((screen) => make("button", { type: "button", "data-word": screen.title, onclick: () => open(screen) }, say(screen.title)));
  byId("lead-ways").append(...buttons);
  byId("lead-ways").hidden = buttons.length === 0;
}

function begin() {
  concern("silent", isSilent());
  openCamera();
}

// How high the head is, for what begins below it.
new ResizeObserver(([head]) => {
  document.documentElement.style.setProperty("--top", `${head.borderBoxSize[0].blockSize}px`);
}).observe(document.querySelector(".top"));

startType();
startLanguage();
startDuty(begin);
startScreens();
startAnswers();
startMode();
startDesk();
startSync();
startWatch((text) => present(text));
listenForWedge((text) => { if (openScreen() !== "setup") present(text); });
byId("typed").addEventListener("click", () => open(typed));
onTrouble(showStopped);
onState(showSetup);
await speak(siteLanguage());
startLeadScreens();
refresh();

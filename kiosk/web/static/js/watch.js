// The camera's place on the desk: picture, its own words for each trouble, and the way on.

import { Camera } from "./camera.js";
import { concern } from "./desk.js";
import { byId, fill, make, setText } from "./dom.js";
import { onSpeak, say } from "./words.js";

const TRIED_AGAIN = ["denied", "missing", "busy", "lost", "other_tab", "idle", "broken"];
let camera = null;
let word = "idle";
let cameras = [];
let isLit = false;

export function startWatch(onCode) {
  camera = new Camera(byId("video"), { onCode, onTrouble: trouble });
  onSpeak(show);
}

export function openCamera() {
  camera.start();
}

async function trouble(found) {
  word = found;
  show();
  if (found !== "") return;
  cameras = await camera.list();
  show();
}

function show() {
  const isOn = word === "";
  byId("video").hidden = !isOn;
  byId("sight").hidden = !isOn;
  setText(byId("camera-words"), isOn ? "" : say(`camera.${word}`));
  setText(byId("ready"), say(isOn ? "ready" : "ready.wedge"));
  byId("ready").dataset.word = isOn ? "ready" : "ready.wedge";
  concern("camera", !["", "idle", "starting"].includes(word));
  fill(byId("camera-buttons"), ...buttons(isOn));
}

function buttons(isOn) {
  if (!isOn) return TRIED_AGAIN.includes(word) ? [button("camera.retry", openCamera)] : [];
  const found = [];
  if (cameras.length > 1) found.push(button("camera.choose", () => camera.next()));
  if (camera.hasTorch) found.push(button("camera.torch", light));
  found.push(button("camera.off", () => camera.stop()));
  return found;
}

function light() {
  isLit = !isLit;
  camera.torch(isLit);
}

function button(key, act) {
  return make("button", { type: "button", "data-way": key, onclick: act }, say(key));
}
